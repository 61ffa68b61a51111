/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Asks {@code ss} (ss(8), iproute2), whose Send-Q of a listening socket is its backlog in force. Knows nothing where
 * there is no ss.
 */
final class SocketStatistics implements Backlogs {

    private static final int SECONDS = 5;
    private static final int SEND_Q = 2;
    private static final int LOCAL = 3;
    private static final String NUMBER = "[0-9]{1,18}";
    private static final String PORT = "[0-9]{1,5}";
    private static final int LAST_PORT = 65_535;

    @Override
    public Map<Integer, Long> byPort() {
        Process ss;
        try {
            ss = new ProcessBuilder("ss", "-H", "-l", "-t", "-n")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException notInstalled) {
            return Map.of();
        }
        try (var out = ss.getInputStream()) {
            String text = new String(out.readAllBytes(), StandardCharsets.UTF_8);
            return ss.waitFor(SECONDS, TimeUnit.SECONDS) && ss.exitValue() == 0 ? parse(text) : Map.of();
        } catch (IOException e) {
            return Map.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Map.of();
        } finally {
            ss.destroyForcibly();
        }
    }

    static Map<Integer, Long> parse(String text) {
        Map<Integer, Long> backlogs = new HashMap<>();
        for (String line : text.split("\n", -1)) {
            String[] columns = line.strip().split("\\s+", -1);
            if (columns.length <= LOCAL || !columns[SEND_Q].matches(NUMBER)) {
                continue;
            }
            String port = columns[LOCAL].substring(columns[LOCAL].lastIndexOf(':') + 1);
            if (port.matches(PORT) && Integer.parseInt(port) <= LAST_PORT) {
                backlogs.merge(Integer.parseInt(port), Long.parseLong(columns[SEND_Q]), Math::min);
            }
        }
        return backlogs;
    }
}
