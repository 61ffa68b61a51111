/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.benchmarks;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Another process that holds connections with itself in the same network namespace, until its standard input ends. */
final class Neighbour implements Closeable {
    private final Process process;

    private Neighbour(Process process) {
        this.process = process;
    }

    /** @param sockets both ends of a connection count */
    static Neighbour with(int sockets) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Neighbour.class.getName(),
                        Integer.toString(sockets / 2))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String said = out.readLine();
        if (!"ready".equals(said)) {
            process.destroyForcibly();
            throw new IOException("the neighbour could not open " + sockets + " sockets: " + said);
        }
        return new Neighbour(process);
    }

    /** Opens the connections, says so, and waits for its end. */
    public static void main(String[] args) throws IOException {
        List<Socket> held = new ArrayList<>();
        try (ServerSocket listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress())) {
            for (int i = 0; i < Integer.parseInt(args[0]); i++) {
                Socket client = new Socket(listener.getInetAddress(), listener.getLocalPort());
                Socket server = listener.accept();
                // Closed by reset: what is left in TIME_WAIT would stand in the table of the next measurement.
                client.setSoLinger(true, 0);
                server.setSoLinger(true, 0);
                held.add(client);
                held.add(server);
            }
        }
        System.out.println("ready");
        int told = System.in.read();
        if (told >= 0) {
            throw new IOException("nothing was to be said to a neighbour");
        }
        for (Socket socket : held) {
            socket.close();
        }
    }

    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
