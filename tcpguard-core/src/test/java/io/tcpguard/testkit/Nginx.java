/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Assumptions;

/** The real one, as Debian has it, in front of some servers; and clients of it. */
public final class Nginx implements AutoCloseable {
    private static final String PROGRAM = "nginx";

    private final Path directory;
    private final Process process;
    private final int port;

    private Nginx(Path directory, Process process, int port) {
        this.directory = directory;
        this.process = process;
        this.port = port;
    }

    /**
     * By its defaults for whom to try next and for how long, which is what most have. Skips the test where there is
     * none.
     *
     * @param kept idle connections to keep to the servers; 0: each request has one of its own
     */
    public static Nginx before(Path directory, int kept, List<Integer> servers)
            throws IOException, InterruptedException {
        int port = Wire.freePort();
        StringBuilder upstream = new StringBuilder();
        servers.forEach(
                server -> upstream.append("server 127.0.0.1:").append(server).append("; "));
        if (kept > 0) {
            upstream.append("keepalive ").append(kept).append("; ");
        }
        Path config = directory.resolve("nginx.conf");
        Files.writeString(
                config,
                """
                daemon off; user root; worker_processes 1; pid %1$s/pid; error_log %1$s/error.log info;
                events { worker_connections 4096; }
                http {
                  access_log off; client_body_temp_path %1$s/a; proxy_temp_path %1$s/b; fastcgi_temp_path %1$s/c;
                  uwsgi_temp_path %1$s/d; scgi_temp_path %1$s/e;
                  upstream servers { %2$s }
                  server {
                    listen 127.0.0.1:%3$d backlog=4096;
                    location / { proxy_pass http://servers; proxy_http_version 1.1; proxy_set_header Connection ""; }
                  }
                }
                """
                        .formatted(directory, upstream, port));
        Process process;
        try {
            process = new ProcessBuilder(PROGRAM, "-p", directory.toString(), "-c", config.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("out.log").toFile())
                    .start();
        } catch (IOException e) {
            return Assumptions.abort("no nginx here: " + e.getMessage());
        }
        Nginx nginx = new Nginx(directory, process, port);
        Await.until("nginx listens, or has ended", () -> !process.isAlive() || listens(port));
        if (process.isAlive()) {
            return nginx;
        }
        nginx.close();
        throw new IOException("nginx did not start: " + Files.readString(directory.resolve("out.log")));
    }

    private static boolean listens(int port) {
        try (Socket knock = new Socket()) {
            knock.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** What it says of its servers. */
    public String errors() throws IOException {
        return Files.readString(directory.resolve("error.log"));
    }

    /**
     * Requests through it, each by a client of its own, at even distances.
     *
     * @param each called before the request of this number
     * @return how often which status was answered; "none" where there was no answer
     */
    public Map<String, Integer> ask(int requests, long everyMillis, Each each) throws Exception {
        ConcurrentMap<String, Integer> answers = new ConcurrentHashMap<>();
        ExecutorService clients = Executors.newCachedThreadPool();
        try {
            for (int i = 0; i < requests; i++) {
                each.before(i);
                clients.execute(() -> answers.merge(askOnce(), 1, Integer::sum));
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(everyMillis));
            }
        } finally {
            clients.shutdown();
            if (!clients.awaitTermination(90, TimeUnit.SECONDS)) {
                clients.shutdownNow();
            }
        }
        return Map.copyOf(answers);
    }

    private String askOnce() {
        try (Socket client = new Socket()) {
            client.setSoTimeout(60_000);
            client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 60_000);
            client.getOutputStream().write("GET / HTTP/1.0\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            String answer = new String(client.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            return answer.length() < 12 ? "none" : answer.substring(9, 12);
        } catch (IOException e) {
            return "none";
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (process.waitFor(10, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
    }

    /** What happens along with a request. */
    @FunctionalInterface
    public interface Each {
        /** Before the request of this number, from 0 on. */
        void before(int request) throws Exception;
    }
}
