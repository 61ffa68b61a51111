/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.statuspage;

import io.tcpguard.TcpGuard;
import io.tcpguard.spi.GuardedListener;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A guarded process that does what it is told by its standard input: {@code exhaust} takes all descriptors, {@code
 * free} gives them back.
 */
final class OperatedServer {
    /** Shown as text, or there is a hole. */
    static final String NAME = "<img src=x onerror=document.title='hacked'>";

    private OperatedServer() {}

    public static void main(String[] args) throws IOException {
        try (TcpGuard guard = TcpGuard.builder()
                        .healthPort(0)
                        .healthDetailsTo(args[0])
                        .build()
                        .start();
                ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                GuardedListener listener = guard.listen(NAME, server.getLocalPort(), () -> true)) {
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
            List<RandomAccessFile> held = new ArrayList<>();
            System.out.println("> " + guard.healthPort() + " " + listener.accept(null));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.equals("exhaust")) {
                    takeAll(held);
                    System.out.println("> exhausted");
                } else {
                    for (RandomAccessFile file : held) {
                        file.close();
                    }
                    held.clear();
                    System.out.println("> freed");
                }
            }
        }
    }

    private static void takeAll(List<RandomAccessFile> held) {
        while (true) {
            try {
                held.add(new RandomAccessFile("/dev/null", "r"));
            } catch (IOException e) {
                return;
            }
        }
    }
}
