/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.SelfSigned;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** At the admission threshold: nothing in progress is idle, and nothing idle is in progress. */
@Tag("long")
@EnabledOnOs(value = OS.LINUX, disabledReason = "descriptor limits are Linux's")
class WorkInProgressTest {
    private static final int DESCRIPTORS = 256;
    private static final int FLOOR_MILLIS = 500;
    private static final int HELD_MILLIS = 4 * FLOOR_MILLIS;
    private static final Pattern TLS_PORT = Pattern.compile("tls ([0-9]+)");

    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "client");
        thread.setDaemon(true);
        return thread;
    });
    private ChildServer server;
    private int tlsPort;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        server = start("threads=40", "tls=" + SelfSigned.keys(directory));
        server.port();
        tlsPort = server.output().stream()
                .map(TLS_PORT::matcher)
                .filter(Matcher::matches)
                .map(found -> Integer.parseInt(found.group(1)))
                .findFirst()
                .orElseThrow();
    }

    private static ChildServer start(String... more) throws IOException {
        List<String> line = new ArrayList<>(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                WorkMain.class.getName(),
                "idleFloor=" + FLOOR_MILLIS + "ms",
                "silentFloor=" + FLOOR_MILLIS + "ms",
                "queueWait=0s",
                "evictionsPerSecond=1000",
                "fairness=false"));
        line.addAll(List.of(more));
        return new ChildServer(DESCRIPTORS, line);
    }

    @AfterEach
    void stop() throws Exception {
        threads.shutdownNow();
        server.close();
    }

    @Test
    void nothingInProgressIsCutWhileNewcomersTakeThePlacesOfTheIdle() throws Exception {
        Map<String, Future<String>> ends = new LinkedHashMap<>();
        int port = server.port();
        begin(ends, "a request whose thread is busy", () -> ask(port, false, "/block"));
        begin(ends, "the same over TLS", () -> ask(tlsPort, true, "/block"));
        begin(ends, "the same over HTTP/2", () -> askByHttp2(port, "/block"));
        begin(ends, "an asynchronous request", () -> ask(port, false, "/async/wait/" + 2 * HELD_MILLIS));
        begin(ends, "an asynchronous stream", () -> askByHttp2(port, "/async/wait/" + 2 * HELD_MILLIS));
        begin(ends, "events now and then", () -> events(port));
        begin(ends, "a file", () -> download(port, false, "/file"));
        begin(ends, "a file over TLS", () -> download(tlsPort, true, "/file"));
        begin(ends, "a file over HTTP/2", () -> downloadByHttp2(port, false, "/file"));
        begin(ends, "a file over HTTP/2 and TLS", () -> downloadByHttp2(tlsPort, true, "/file"));
        begin(ends, "much", () -> download(port, false, "/much"));
        begin(ends, "much over HTTP/2", () -> downloadByHttp2(port, false, "/much"));
        begin(ends, "much without blocking", () -> download(port, false, "/much-non-blocking"));
        begin(ends, "much without blocking over TLS", () -> download(tlsPort, true, "/much-non-blocking"));
        begin(ends, "much without blocking over HTTP/2", () -> downloadByHttp2(port, false, "/much-non-blocking"));
        begin(ends, "an upload that is read late", () -> upload(port, "/read-late/" + 2 * HELD_MILLIS, false));
        begin(ends, "a slow upload", () -> upload(port, "/read", false));
        begin(ends, "a slow upload after 100-continue", () -> upload(port, "/read", true));
        begin(ends, "a slow upload that is read without blocking", () -> upload(port, "/read-non-blocking", false));
        begin(ends, "a slow upload over HTTP/2", () -> uploadByHttp2(port, "/read"));
        begin(ends, "the same, read without blocking", () -> uploadByHttp2(port, "/read-non-blocking"));
        begin(ends, "an upgraded connection", () -> upgraded(port));
        for (String who : List.of("server", "client", "nobody")) {
            begin(ends, "a WebSocket, " + who + " speaks", () -> Sockets.client(port, who));
        }
        begin(ends, "words in both directions", () -> bothWays(port));
        begin(ends, "words in both directions over HTTP/2", () -> bothWaysByHttp2(port));
        // The first line of each is here.
        Thread.sleep(FLOOR_MILLIS);
        try (Newcomers newcomers = new Newcomers(port, 20, 300)) {
            Await.until("the server is full", () -> newcomers.served.get() > DESCRIPTORS);
            int then = newcomers.served.get();
            Thread.sleep(HELD_MILLIS);
            assertThat(newcomers.served.get() - then)
                    .as("served at the admission threshold")
                    .isGreaterThan(10);
            ask(port, false, "/release");
            Map<String, String> results = new TreeMap<>();
            for (Map.Entry<String, Future<String>> end : ends.entrySet()) {
                results.put(end.getKey(), result(end.getValue()));
            }
            assertThat(results.values().stream().distinct().toList())
                    .as(results.toString())
                    .containsExactly("whole");
        }
    }

    @Test
    void whateverEndedARequestItsConnectionIsIdleAndGivesWay() throws Exception {
        Map<String, Callable<Boolean>> closed = new LinkedHashMap<>();
        for (String what : List.of(
                "complete",
                "dispatch",
                "error",
                "timeout-complete",
                "timeout-dispatch",
                "timeout-error",
                "timeout-nothing")) {
            for (String thread : List.of("own", "another")) {
                String path = "/async/" + what + "/" + thread;
                RawClient client = new RawClient(server.port());
                client.get(path);
                closed.put(path, client::ended);
                RawClient tls = RawClient.overTls(tlsPort);
                tls.get(path);
                closed.put(path + " over TLS", tls::ended);
                Http2Client http2 = new Http2Client(server.port());
                http2.get(path);
                closed.put(path + " over HTTP/2", http2::hasEnded);
            }
        }
        for (String path : List.of("/", "/sleep/10", "/read-non-blocking")) {
            RawClient client = new RawClient(server.port());
            client.get(path);
            closed.put(path, client::ended);
        }
        try (Newcomers newcomers = new Newcomers(server.port(), 20, 300)) {
            Await.until("the server is full", () -> newcomers.served.get() > DESCRIPTORS);
            int then = newcomers.served.get();
            Await.until("each idle one could have given way", () -> newcomers.served.get() > then + DESCRIPTORS);
        }
        List<String> stay = new ArrayList<>();
        for (Map.Entry<String, Callable<Boolean>> one : closed.entrySet()) {
            if (!one.getValue().call()) {
                stay.add(one.getKey());
            }
        }
        assertThat(stay).as("keep their slots for good").isEmpty();
    }

    @Test
    void whoeverWaitsForAThreadIsNotSilent() throws Exception {
        try (ChildServer few = start("threads=4", "maxWorkDelay=1m", "silentFloor=1m", "stalledAfter=2m")) {
            int port = few.port();
            Map<String, Future<String>> ends = new LinkedHashMap<>();
            for (int i = 0; i < 4; i++) {
                begin(ends, "busy " + i, () -> ask(port, false, "/sleep/" + 8 * HELD_MILLIS));
            }
            Thread.sleep(FLOOR_MILLIS);
            for (int i = 0; i < 12; i++) {
                begin(ends, "waits " + i, () -> ask(port, false, "/"));
            }
            // Nobody is idle, so that some of these are refused.
            List<Future<String>> others = new ArrayList<>();
            for (int i = 0; i < DESCRIPTORS + HELD_MILLIS / 20; i++) {
                others.add(threads.submit(() -> ask(port, false, "/")));
                Thread.sleep(20);
            }
            assertThat(others.stream().filter(Future::isDone).count())
                    .as("refused")
                    .isGreaterThan(20);
            for (Map.Entry<String, Future<String>> end : ends.entrySet()) {
                assertThat(result(end.getValue())).as(end.getKey()).isEqualTo("whole");
            }
        }
    }

    @Test
    void whatIsOverForItsClientGivesItsPlaceBackWhenPlacesAreScarce() throws Exception {
        List<RawClient> waiting = new ArrayList<>();
        int port = server.port();
        int slots = DESCRIPTORS;
        for (int i = 0; i < slots; i++) {
            try {
                waiting.add(new RawClient(port)
                        .send("GET " + (i % 3 == 0 ? "/events" : "/async/wait/600000")
                                + " HTTP/1.1\r\nHost: a\r\n\r\n"));
            } catch (IOException e) {
                // Refused: all slots are taken.
            }
        }
        assertThat(RawClient.refusal(port)).as("full").isNotEqualTo("nothing");
        int held = 0;
        for (int i = 0; i < waiting.size(); i++) {
            boolean stays = i < 5;
            if (!stays && i % 2 == 0) {
                waiting.get(i).closeByReset();
            } else if (!stays) {
                waiting.get(i).close();
            }
            held += stays ? 1 : 0;
        }
        try (Newcomers newcomers = new Newcomers(port, 100, 20)) {
            Await.until("36 honest ones are served", () -> newcomers.served.get() >= 36);
        }
        try (RawClient client = new RawClient(port)) {
            String told = client.get("/told");
            assertThat(Integer.parseInt(told.substring(told.lastIndexOf(' ') + 1)))
                    .as("requests that heard of it")
                    .isGreaterThan(50);
        }
        for (int i = 0; i < held; i++) {
            assertThat(waiting.get(i).stillThere()).as("whose client is there").isTrue();
        }
    }

    private static String result(Future<String> end) throws Exception {
        try {
            return end.get(40, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            return "never ends";
        }
    }

    private void begin(Map<String, Future<String>> ends, String what, Callable<String> client) {
        ends.put(what, threads.submit(() -> {
            try {
                return client.call();
            } catch (Exception e) {
                return e.toString();
            }
        }));
    }

    private static RawClient connect(int port, boolean tls) throws IOException {
        return tls ? RawClient.overTls(port) : new RawClient(port);
    }

    private static String ask(int port, boolean tls, String path) throws IOException {
        try (RawClient client = connect(port, tls)) {
            String answer = client.get(path);
            return answer.startsWith("HTTP/1.1 200") && answer.endsWith("ok 0") ? "whole" : "cut: " + answer;
        }
    }

    private static String events(int port) throws IOException {
        try (RawClient client = new RawClient(port)) {
            client.send("GET /events HTTP/1.0\r\n\r\n");
            String all = client.untilTheEnd();
            return all.contains("data: last") ? "whole" : "cut: " + all;
        }
    }

    private static String upgraded(int port) throws IOException, InterruptedException {
        try (RawClient client = new RawClient(port)) {
            client.send("GET /upgrade HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: own\r\n\r\n");
            String answer = client.answer();
            Thread.sleep(2 * HELD_MILLIS + 2 * FLOOR_MILLIS);
            return answer.startsWith("HTTP/1.1 101") && !client.ended() ? "whole" : "cut: " + answer;
        }
    }

    /** A megabyte a second while newcomers come, then as fast as it goes. */
    private static String read(InputStream in) throws IOException, InterruptedException {
        byte[] some = new byte[100_000];
        long bytes = 0;
        long start = System.nanoTime();
        for (int n = in.read(some); n >= 0; n = in.read(some)) {
            bytes += n;
            if (System.nanoTime() - start < 2_000_000L * HELD_MILLIS) {
                Thread.sleep(100);
            }
        }
        return bytes == WorkMain.MUCH ? "whole" : "cut after " + bytes;
    }

    private static String download(int port, boolean tls, String path) throws Exception {
        try (RawClient client = connect(port, tls)) {
            client.send("GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            String head = client.head();
            return head.startsWith("HTTP/1.1 200") ? read(client.in()) : head;
        }
    }

    private static String downloadByHttp2(int port, boolean tls, String path) throws Exception {
        try (Http2Client client = tls ? Http2Client.overTls(port) : new Http2Client(port)) {
            long bytes = client.download(path, 2_000_000L * HELD_MILLIS, 1_000_000);
            return bytes == WorkMain.MUCH ? "whole" : "cut after " + bytes;
        }
    }

    private static String askByHttp2(int port, String path) throws Exception {
        try (Http2Client client = new Http2Client(port)) {
            String answer = client.ask(path);
            return answer.equals("ok 0") ? "whole" : answer;
        }
    }

    private static String uploadByHttp2(int port, String path) throws Exception {
        try (Http2Client client = new Http2Client(port);
                Slowly body = new Slowly()) {
            String answer = client.upload(path, body);
            return answer.equals("ok 100") ? "whole" : answer;
        }
    }

    private static String upload(int port, String path, boolean expect) throws Exception {
        try (RawClient client = new RawClient(port)) {
            client.send("POST " + path + " HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n"
                    + (expect ? "Expect: 100-continue\r\n" : "") + "\r\n");
            if (expect) {
                client.head();
            }
            try (Slowly body = new Slowly()) {
                for (int b = body.read(); b >= 0; b = body.read()) {
                    client.send(String.valueOf((char) b));
                }
            }
            String answer = client.answer();
            return answer.endsWith("ok 100") ? "whole" : answer;
        }
    }

    private static String bothWays(int port) throws Exception {
        try (RawClient client = new RawClient(port)) {
            client.send("POST /both HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (int i = 0; i < 40; i++) {
                client.send("1\r\nx\r\n");
                Thread.sleep(2 * HELD_MILLIS / 40);
            }
            client.send("0\r\n\r\n");
            String answer = client.untilTheEnd();
            return answer.contains("ok 40") ? "whole" : answer;
        }
    }

    private static String bothWaysByHttp2(int port) throws Exception {
        try (Http2Client client = new Http2Client(port);
                Slowly body = new Slowly()) {
            String answer = client.upload("/both", body);
            return answer.endsWith("ok 100") ? "whole" : answer;
        }
    }

    /** A hundred bytes: one, and the rest when newcomers have come for a while. */
    private static final class Slowly extends InputStream {
        private int bytes;

        @Override
        public int read() throws IOException {
            if (bytes == 1) {
                try {
                    Thread.sleep(2 * HELD_MILLIS);
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
            return bytes++ < 100 ? 'x' : -1;
        }

        @Override
        public int read(byte[] to, int at, int most) throws IOException {
            int b = read();
            if (b < 0) {
                return -1;
            }
            to[at] = (byte) b;
            return 1;
        }
    }
}
