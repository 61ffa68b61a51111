/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.state.Admission;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A process that does what it is told by its standard input, mostly with no descriptor left. Child of {@link
 * ExhaustionTest}.
 */
final class Exhausted {
    private static final AtomicInteger STOLEN = new AtomicInteger();

    private Exhausted() {}

    public static void main(String[] args) throws IOException {
        IoThread io = IoThread.open(new GuardConfig(Map.of(Setting.HEALTH_PORT, 0)), new FakeView());
        ServerSocketChannel server = ServerSocketChannel.open();
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        io.start();
        say(io.healthPort() + " " + server.socket().getLocalPort());
        SocketChannel accepted = server.accept();
        List<DatagramChannel> held = new ArrayList<>();
        takeAll(held);
        say("exhausted");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            switch (line) {
                case "cycles" -> say(String.valueOf(io.cycles()));
                case "refuse" ->
                    say(io.refuse(accepted, Admission.RESPOND, 1, 1).name());
                case "steal" -> {
                    STOLEN.set(0);
                    new Thread(() -> steal(held)).start();
                    say("stealing");
                }
                case "stolen" -> say(String.valueOf(STOLEN.get()));
                default -> {
                    STOLEN.set(-1);
                    synchronized (held) {
                        for (DatagramChannel channel : held) {
                            channel.close();
                        }
                    }
                    say("freed");
                }
            }
        }
        io.close();
    }

    /** Takes each descriptor that gets free, until it got one or is told to stop. */
    private static void steal(List<DatagramChannel> held) {
        synchronized (held) {
            while (STOLEN.get() == 0) {
                int before = held.size();
                takeAll(held);
                if (held.size() > before) {
                    STOLEN.compareAndSet(0, 1);
                }
            }
        }
    }

    private static void takeAll(List<DatagramChannel> held) {
        try {
            while (true) {
                held.add(DatagramChannel.open());
            }
        } catch (IOException e) {
            // None is left: as intended.
        }
    }

    private static void say(String line) {
        System.out.println("> " + line);
    }
}
