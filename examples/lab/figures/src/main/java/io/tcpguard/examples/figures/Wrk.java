/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.figures;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The load generator {@code wrk}, and what it says. */
final class Wrk {
    private static final Pattern RATE = Pattern.compile("Requests/sec:\\s+([0-9.]+)");
    private static final Pattern REQUESTS = Pattern.compile("(?m)^\\s*([0-9]+) requests in ");
    private static final Pattern TROUBLE = Pattern.compile("(?m)^\\s*(Socket errors:.*|Non-2xx or 3xx responses:.*)$");

    private Wrk() {}

    /**
     * What one run found; latencies in microseconds.
     *
     * @param requests answered in all
     * @param perSecond requests answered in a second
     */
    record Result(double requests, double perSecond, double p50, double p99) {}

    /** Whether it is installed. */
    static boolean present() throws InterruptedException {
        try {
            // It ends with 1 after saying its version.
            new ProcessBuilder("wrk", "-v")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** One thread, since the server needs the other core. */
    static Result run(InetSocketAddress server, int connections, int seconds) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(
                        "wrk",
                        "--threads",
                        "1",
                        "--connections",
                        Integer.toString(connections),
                        "--duration",
                        seconds + "s",
                        "--latency",
                        "http://" + server.getAddress().getHostAddress() + ":" + server.getPort() + "/"))
                .redirectErrorStream(true)
                .start();
        String output;
        try (var out = process.getInputStream()) {
            output = new String(out.readAllBytes(), StandardCharsets.UTF_8);
        } finally {
            process.destroy();
        }
        process.waitFor();
        return parse(output);
    }

    /** @throws IOException if anything went wrong for it: a figure made of errors is none */
    static Result parse(String output) throws IOException {
        Matcher trouble = TROUBLE.matcher(output);
        Matcher rate = RATE.matcher(output);
        Matcher requests = REQUESTS.matcher(output);
        if (trouble.find() || !rate.find() || !requests.find()) {
            throw new IOException("wrk did not have a clean run:\n" + output);
        }
        return new Result(
                Double.parseDouble(requests.group(1)),
                Double.parseDouble(rate.group(1)),
                latency(output, 50),
                latency(output, 99));
    }

    private static double latency(String output, int percent) throws IOException {
        Matcher line = Pattern.compile("(?m)^\\s+" + percent + "%\\s+([0-9.]+)(us|ms|s)\\s*$")
                .matcher(output);
        if (!line.find()) {
            throw new IOException("wrk tells no p" + percent + ":\n" + output);
        }
        double value = Double.parseDouble(line.group(1));
        return switch (line.group(2)) {
            case "us" -> value;
            case "ms" -> value * 1e3;
            default -> value * 1e6;
        };
    }
}
