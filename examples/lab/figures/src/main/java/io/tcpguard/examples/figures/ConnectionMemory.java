/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.figures;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * What one connection costs a server without guard: bytes of heap after collection, of direct buffers, and of the
 * kernel. The kernel's are half of what its slabs and TCP's buffers grow by, since both ends are on this machine; other
 * programs' doings are in it.
 */
final class ConnectionMemory {
    static final String PASSWORD = "changeit";
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int WARMUP = 20;
    private static final Pattern SLAB = Pattern.compile("Slab: +([0-9]+) kB");
    private static final Pattern TCP = Pattern.compile("TCP: .* mem ([0-9]+)");

    /** Whose connections are measured. */
    enum Server {
        TOMCAT("Tomcat NIO"),
        TOMCAT_TLS("Tomcat NIO, TLS 1.3"),
        TOMCAT_HTTP2("Tomcat NIO, HTTP/2"),
        NETTY_POOLED("Netty NIO, pooled"),
        NETTY_UNPOOLED("Netty NIO, unpooled"),
        NETTY_TLS("Netty NIO, pooled, TLS 1.3");

        private final String title;

        Server(String title) {
            this.title = title;
        }

        boolean netty() {
            return name().startsWith("NETTY");
        }

        boolean tls() {
            return name().endsWith("TLS");
        }

        boolean http2() {
            return this == TOMCAT_HTTP2;
        }
    }

    /** What clients have done when it is looked. */
    private enum State {
        SILENT("silent"),
        IDLE("idle after a whole request"),
        HALF_A_HEAD("half a head"),
        BUSY("at work");

        private final String title;

        State(String title) {
            this.title = title;
        }
    }

    /** Bytes at one moment. */
    private record Bytes(long heap, long direct, long kernel) {}

    private final int connections;
    private final int busy;

    /**
     * @param connections of each kind
     * @param busy of those that each take a thread of Tomcat's 200
     */
    ConnectionMemory(int connections, int busy) {
        this.connections = connections;
        this.busy = busy;
    }

    void print(Path directory, PrintStream out) throws IOException, InterruptedException {
        Path keys = directory.resolve("keys.p12");
        keys(keys);
        out.println("| bytes a connection | | heap | direct | kernel |");
        out.println("|---|---|---|---|---|");
        for (Server server : Server.values()) {
            for (State state : State.values()) {
                print(server, state, keys, out);
            }
        }
    }

    private void print(Server server, State state, Path keys, PrintStream out)
            throws IOException, InterruptedException {
        int many = (state == State.BUSY && !server.netty()) ? busy : server.tls() ? connections / 2 : connections;
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                MemoryServer.class.getName(),
                server.name(),
                keys.toString());
        Process child = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(
                        keys.resolveSibling(server + ".log").toFile()))
                .start();
        List<Socket> held = new ArrayList<>();
        try (BufferedReader says =
                new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.US_ASCII))) {
            int port = Integer.parseInt(says.readLine());
            // Loads what is loaded once. Few, since what they leave in pools is not counted again.
            for (int i = 0; i < WARMUP; i++) {
                try (Socket client = connected(server, State.IDLE, port)) {
                    client.setSoTimeout(10_000);
                }
            }
            TimeUnit.SECONDS.sleep(1);
            // The first look collects what the start left behind, and is part of what is measured no more.
            look(child, says);
            TimeUnit.SECONDS.sleep(1);
            Bytes before = look(child, says);
            for (int i = 0; i < many; i++) {
                held.add(connected(server, state, port));
            }
            TimeUnit.SECONDS.sleep(1);
            Bytes after = look(child, says);
            out.println(String.format(
                    Locale.ROOT,
                    "| %s | %s | %,d | %,d | %,d |",
                    server.title,
                    state.title,
                    (after.heap - before.heap) / many,
                    (after.direct - before.direct) / many,
                    (after.kernel - before.kernel) / many / 2));
        } finally {
            for (Socket one : held) {
                one.close();
            }
            child.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
    }

    private static Bytes look(Process child, BufferedReader says) throws IOException {
        child.getOutputStream().write('\n');
        child.getOutputStream().flush();
        String line = says.readLine();
        int space = line.indexOf(' ');
        return new Bytes(
                Long.parseLong(line.substring(0, space)),
                Long.parseLong(line.substring(space + 1)),
                number(SLAB, "/proc/meminfo") * 1024 + number(TCP, "/proc/net/sockstat") * 4096);
    }

    private static long number(Pattern pattern, String file) throws IOException {
        Matcher found = pattern.matcher(Files.readString(Path.of(file)));
        if (!found.find()) {
            throw new IOException(file + " has no " + pattern);
        }
        return Long.parseLong(found.group(1));
    }

    private static Socket connected(Server server, State state, int port) throws IOException {
        Socket client = new Socket();
        client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 10_000);
        if (server.tls() && state != State.SILENT) {
            client = trusting().getSocketFactory().createSocket(client, "localhost", port, true);
        }
        client.setSoTimeout(30_000);
        if (state != State.SILENT) {
            client.getOutputStream().write(server.http2() ? frames(state) : head(state));
            client.getOutputStream().flush();
        }
        if (state == State.IDLE || (server.http2() && state == State.HALF_A_HEAD)) {
            // The answer, or of HTTP/2 the first frames.
            if (client.getInputStream().read(new byte[4096]) < 0) {
                throw new IOException("the server closed");
            }
        }
        return client;
    }

    private static byte[] head(State state) {
        String path = state == State.BUSY ? "/wait" : "/";
        String whole = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nUser-Agent: a client of the usual kind\r\n"
                + "Accept: */*\r\nCookie: session=0123456789abcdef0123456789abcdef\r\n";
        return (state == State.HALF_A_HEAD ? whole : whole + "\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** The preface, empty SETTINGS, and HEADERS of stream 1 (RFC 9113, 3.4 and 6.2; HPACK: RFC 7541, appendix A). */
    private static byte[] frames(State state) {
        String path = state == State.BUSY ? "/wait" : "/";
        byte[] text = path.getBytes(StandardCharsets.US_ASCII);
        byte[] block = new byte[5 + text.length + 2];
        // GET, http, path as a literal, authority "a".
        block[0] = (byte) 0x82;
        block[1] = (byte) 0x86;
        block[2] = 0x04;
        block[3] = (byte) text.length;
        System.arraycopy(text, 0, block, 4, text.length);
        block[4 + text.length] = 0x01;
        block[5 + text.length] = 1;
        block[6 + text.length] = 'a';
        byte flags = (byte) (state == State.HALF_A_HEAD ? 0x1 : 0x5);
        byte[] all = new byte[PREFACE.length + 9 + 9 + block.length];
        System.arraycopy(PREFACE, 0, all, 0, PREFACE.length);
        all[PREFACE.length + 3] = 4;
        int at = PREFACE.length + 9;
        all[at + 2] = (byte) block.length;
        all[at + 3] = 1;
        all[at + 4] = flags;
        all[at + 8] = 1;
        System.arraycopy(block, 0, all, at + 9, block.length);
        return all;
    }

    private static void keys(Path file) throws IOException, InterruptedException {
        Process tool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        PASSWORD)
                .redirectErrorStream(true)
                .redirectOutput(file.resolveSibling("keytool.log").toFile())
                .start();
        if (tool.waitFor() != 0) {
            throw new IOException("keytool made no keys");
        }
    }

    private static SSLContext trusting() throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(null, new TrustManager[] {new TrustEverybody()}, null);
            return context;
        } catch (java.security.GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    /** The server's keys were made a moment ago, for this. */
    private static final class TrustEverybody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            // Ours.
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
