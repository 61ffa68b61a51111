/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.SelfSigned;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** More clients than a server has slots, who begin something and stop: others get in all the same. */
@Timeout(900)
@EnabledOnOs(value = OS.LINUX, disabledReason = "descriptor limits are Linux's")
class NothingOverTest {
    private static final int DESCRIPTORS = 256;
    private static final int CROWD = 250;
    private static final int HONEST = 12;
    private static final int FLOOR_MILLIS = 1000;
    private static final Pattern TLS_PORT = Pattern.compile("tls ([0-9]+)");
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(0, 4, 0, 0, "");

    private enum Way {
        CLEAR,
        /** Bytes of TLS as they are. */
        TLS_BYTES,
        TLS,
        TLS_HTTP2
    }

    /** What the crowd does. */
    private enum Kind {
        HALF_HELLO(Way.TLS_BYTES, "\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003" + "x".repeat(29)),
        HANDSHAKE_AND_SILENCE(Way.TLS, ""),
        ONE_BYTE(Way.CLEAR, "G"),
        ONE_BYTE_TLS(Way.TLS, "G"),
        HALF_HEAD(Way.CLEAR, "GET / HTTP/1.1\r\nHost: x\r\n"),
        HALF_HEAD_TLS(Way.TLS, "GET / HTTP/1.1\r\nHost: x\r\n"),
        BYTE_BY_BYTE(Way.CLEAR, "GET / HTTP/1.1\r\nHost: x\r\n", "x"),
        HALF_BODY(Way.CLEAR, post("/read", "half")),
        HALF_BODY_TLS(Way.TLS, post("/read", "half")),
        BODY_BYTE_BY_BYTE(Way.CLEAR, post("/read", "half"), "x"),
        HALF_BODY_NON_BLOCKING(Way.CLEAR, post("/read-non-blocking", "half")),
        HALF_PREFACE(Way.CLEAR, "PRI * HTTP/2.0\r\n"),
        PREFACE_AND_SILENCE(Way.CLEAR, PREFACE),
        PREFACE_AND_SILENCE_TLS(Way.TLS_HTTP2, PREFACE),
        PINGS_HTTP2(Way.CLEAR, PREFACE, frame(8, 6, 0, 0, "12345678")),
        HEADERS_WITHOUT_END_HTTP2(Way.CLEAR, PREFACE + frame(2, 1, 1, 1, "\u0082\u0086")),
        HALF_BODY_HTTP2(Way.CLEAR, PREFACE + headers('\u0083', '\u0086', "/read", false) + frame(4, 0, 0, 1, "half")),
        HALF_BODY_HTTP2_TLS(
                Way.TLS_HTTP2, PREFACE + headers('\u0083', '\u0087', "/read", false) + frame(4, 0, 0, 1, "half")),
        HALF_BODY_NON_BLOCKING_HTTP2(
                Way.CLEAR,
                PREFACE + headers('\u0083', '\u0086', "/read-non-blocking", false) + frame(4, 0, 0, 1, "half")),
        RESET_HTTP2(Way.CLEAR, PREFACE + headers('\u0082', '\u0086', "/", true) + frame(4, 3, 0, 1, "\0\0\0\u0008")),
        // The last one: Tomcat keeps these until its time-out.
        HALF_FRAME_HTTP2(Way.CLEAR, PREFACE + frame(50, 1, 4, 1, "\u0082\u0086"));

        final Way way;
        final String first;
        /** Sent five times a second. */
        final String again;

        Kind(Way way, String first) {
            this(way, first, "");
        }

        Kind(Way way, String first, String again) {
            this.way = way;
            this.first = first;
            this.again = again;
        }
    }

    private static String post(String path, String part) {
        return "POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n" + part;
    }

    private static String frame(int length, int type, int flags, int stream, String payload) {
        return "\0\0" + (char) length + (char) type + (char) flags + "\0\0\0" + (char) stream + payload;
    }

    private static String headers(char method, char scheme, String path, boolean whole) {
        String block = "" + method + scheme + '\u0004' + (char) path.length() + path + "\u0001\u0001x";
        return frame(block.length(), 1, whole ? 5 : 4, 1, block);
    }

    private static Socket begin(Kind kind, int clear, int tls) throws IOException {
        Socket socket = kind.way == Way.TLS || kind.way == Way.TLS_HTTP2 ? RawClient.tlsSocket() : new Socket();
        socket.setSoTimeout(10_000);
        socket.connect(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), kind.way == Way.CLEAR ? clear : tls), 10_000);
        if (socket instanceof SSLSocket secure) {
            if (kind.way == Way.TLS_HTTP2) {
                SSLParameters http2 = secure.getSSLParameters();
                http2.setApplicationProtocols(new String[] {"h2"});
                secure.setSSLParameters(http2);
            }
            secure.startHandshake();
        }
        send(socket, kind.first);
        return socket;
    }

    private static void send(Socket socket, String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    @Tag("long")
    void keepsItsSlot(@TempDir Path directory) throws Exception {
        crowds(directory, Kind.HALF_HELLO, Kind.HALF_BODY, Kind.HALF_BODY_HTTP2);
    }

    @Tag("record")
    @Test
    void keepsItsSlotOfAnyKind(@TempDir Path directory) throws Exception {
        crowds(directory, Kind.values());
    }

    private static void crowds(Path directory, Kind... kinds) throws Exception {
        Map<Kind, Integer> served = new EnumMap<>(Kind.class);
        List<String> told = new ArrayList<>();
        try (ChildServer server = new ChildServer(
                DESCRIPTORS,
                List.of(
                        "-Xss256k",
                        "-cp",
                        System.getProperty("java.class.path"),
                        WorkMain.class.getName(),
                        "threads=" + DESCRIPTORS,
                        // Tomcat does not see that a client has gone in the middle of a frame.
                        "http2Timeout=12000",
                        "tls=" + SelfSigned.keys(directory),
                        "idleFloor=" + FLOOR_MILLIS + "ms",
                        "silentFloor=" + 3 * FLOOR_MILLIS + "ms",
                        "resetBudget=0",
                        "evictionsPerSecond=1000",
                        "maxWorkDelay=3s",
                        "stalledAfter=120s",
                        "fairness=false"))) {
            int port = server.port();
            int tls = server.output().stream()
                    .map(TLS_PORT::matcher)
                    .filter(Matcher::matches)
                    .map(found -> Integer.parseInt(found.group(1)))
                    .findFirst()
                    .orElseThrow();
            for (Kind kind : kinds) {
                // A cold server is late, and refuses for that.
                begin(kind, port, tls).close();
                try (RawClient warm = new RawClient(port)) {
                    warm.get("/");
                }
                int before = server.openDescriptors();
                served.put(kind, honestOnesServed(kind, port, tls, told));
                System.out.println(kind + " " + served.get(kind));
                if (served.get(kind) < HONEST) {
                    told.add(kind + ": " + String.join("\n", server.output()));
                }
                Await.until("all have gone", () -> {
                    if (kind == Kind.HALF_FRAME_HTTP2) {
                        return true;
                    }
                    try {
                        return server.openDescriptors() <= before + 4;
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                });
            }
        }
        assertThat(served.values()).as("%s %s", served, told).allMatch(n -> n == HONEST);
    }

    /** @param told what those heard who were not served */
    private static int honestOnesServed(Kind kind, int port, int tls, List<String> told) throws Exception {
        List<Socket> all = new ArrayList<>();
        for (int i = 0; i < CROWD; i++) {
            try {
                all.add(begin(kind, port, tls));
            } catch (IOException full) {
                break;
            }
        }
        for (int i = 0; i < 18; i++) {
            Thread.sleep(FLOOR_MILLIS / 5);
            for (Socket one : all) {
                try {
                    send(one, kind.again);
                } catch (IOException e) {
                    // It has given way.
                }
            }
        }
        int honest = 0;
        for (int i = 0; i < HONEST; i++) {
            Socket client = new Socket(InetAddress.getLoopbackAddress(), port);
            all.add(client);
            client.setSoTimeout(6_000);
            try {
                send(client, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
                byte[] start = client.getInputStream().readNBytes(12);
                String status = new String(start, StandardCharsets.US_ASCII);
                if (status.equals("HTTP/1.1 200")) {
                    honest++;
                } else {
                    told.add(kind + " " + i + ": " + status);
                }
            } catch (IOException e) {
                told.add(kind + " " + i + ": " + e.getMessage());
            }
        }
        for (Socket one : all) {
            one.close();
        }
        return honest;
    }
}
