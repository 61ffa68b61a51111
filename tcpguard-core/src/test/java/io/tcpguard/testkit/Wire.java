/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/** The client's side of tests: plain blocking sockets to this machine, with generous deadlines. */
public final class Wire {
    public static final int DEADLINE_MILLIS = 20_000;

    private Wire() {}

    /** One that was free a moment ago, and that the kernel gives to no outgoing connection. */
    public static int freePort() throws IOException {
        for (int tries = 0; ; tries++) {
            try (ServerSocket free =
                    new ServerSocket(ThreadLocalRandom.current().nextInt(20_000, 32_000))) {
                return free.getLocalPort();
            } catch (IOException taken) {
                if (tries == 50) {
                    throw taken;
                }
            }
        }
    }

    public static Socket connect(int port) throws IOException {
        return connect(port, "127.0.0.1");
    }

    /** From an address of its own: all of 127.0.0.0/8 is local on Linux. */
    public static Socket connect(int port, String from) throws IOException {
        Socket socket = new Socket();
        try {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), DEADLINE_MILLIS);
            socket.setSoTimeout(DEADLINE_MILLIS);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    public static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    public static String readToEnd(Socket socket) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        InputStream in = socket.getInputStream();
        for (int b = in.read(); b >= 0; b = in.read()) {
            all.write(b);
        }
        return all.toString(StandardCharsets.UTF_8);
    }

    public static String exchange(int port, String request) throws IOException {
        return exchange(port, "127.0.0.1", request);
    }

    public static String exchange(int port, String from, String request) throws IOException {
        try (Socket socket = connect(port, from)) {
            send(socket, request);
            return readToEnd(socket);
        }
    }

    /** The whole answer. */
    public static String get(int port, String path) throws IOException {
        return exchange(port, "GET " + path + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    }

    /** The same; what went wrong, if there is none. */
    public static String tryGet(int port, String path) {
        try {
            return get(port, path);
        } catch (IOException e) {
            return e.toString();
        }
    }

    public static String body(String answer) {
        return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }

    /** Sockets in TIME_WAIT whose local port is this one. Source: proc_net(5), tcp; state 06. */
    public static long timeWaits(int localPort) throws IOException {
        Pattern ours = Pattern.compile(String.format("^ *[0-9]+: [0-9A-F]+:%04X [0-9A-F]+:[0-9A-F]{4} 06 ", localPort));
        long count = 0;
        for (String file : new String[] {"/proc/net/tcp", "/proc/net/tcp6"}) {
            if (Files.isReadable(Path.of(file))) {
                count += Files.readAllLines(Path.of(file)).stream()
                        .filter(line -> ours.matcher(line).find())
                        .count();
            }
        }
        return count;
    }
}
