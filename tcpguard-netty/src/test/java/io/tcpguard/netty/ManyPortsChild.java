/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.tcpguard.testkit.JavaChild;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** {@link ManyPorts} with a small number of descriptors. */
final class ManyPortsChild implements AutoCloseable {
    private final Process process;
    private final BufferedReader out;
    private final Writer in;
    private final int[] ports;
    final Path log;

    ManyPortsChild(int descriptors, Transport transport, String... settings) throws IOException {
        log = Files.createTempFile("many-ports", ".log");
        List<String> options =
                List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-ea", "-D" + Tls.KEYS + "=" + Tls.keys());
        String[] arguments =
                Stream.concat(Stream.of(transport.name()), Stream.of(settings)).toArray(String[]::new);
        process = new ProcessBuilder(
                        JavaChild.command(descriptors, options, JavaChild.classPath(), ManyPorts.class, arguments))
                .redirectError(log.toFile())
                .start();
        out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
        in = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.US_ASCII));
        String said = out.readLine();
        if (said == null) {
            throw new IOException("no server: " + Files.readString(log));
        }
        if (said.startsWith("cannot: ")) {
            close();
            Assumptions.abort(said);
        }
        String[] words = said.trim().split(" ", -1);
        ports = new int[words.length];
        for (int i = 0; i < words.length; i++) {
            ports[i] = Integer.parseInt(words[i]);
        }
    }

    int port(Service service) {
        return ports[service.ordinal()];
    }

    int reactorPort() {
        return ports[ports.length - 1];
    }

    /** Evicted, refused, used, limit. */
    synchronized long[] numbers() throws IOException {
        in.write("?\n");
        in.flush();
        String[] words = out.readLine().split(" ", -1);
        long[] numbers = new long[words.length];
        for (int i = 0; i < words.length; i++) {
            numbers[i] = Long.parseLong(words[i]);
        }
        return numbers;
    }

    static Socket connect(int port, int receiveBuffer) throws IOException {
        Socket client = new Socket();
        if (receiveBuffer > 0) {
            client.setReceiveBufferSize(receiveBuffer);
        }
        client.setSoTimeout(30_000);
        client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 20_000);
        client.setTcpNoDelay(true);
        return client;
    }

    @Override
    public void close() throws IOException {
        in.close();
        JavaChild.end(process);
        Files.delete(log);
    }
}
