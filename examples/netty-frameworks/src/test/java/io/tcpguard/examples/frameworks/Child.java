/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.frameworks;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.tcpguard.TcpGuard;
import io.tcpguard.state.RefusalCounters;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** One of the servers in a JVM of its own, with 400 descriptors. */
final class Child implements AutoCloseable {
    private final Process process;
    private final BufferedReader out;
    private final OutputStream in;
    final int port;

    Child(String framework) throws IOException {
        process = new ProcessBuilder(
                        "sh",
                        "-c",
                        "ulimit -n 400; exec \"$0\" \"$@\"",
                        System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                        "-Xmx96m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Child.class.getName(),
                        framework)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
        in = process.getOutputStream();
        port = Integer.parseInt(line());
    }

    /** Connections in the guard's books. */
    synchronized long own() throws IOException {
        return tell('o');
    }

    /** Connections refused so far. */
    synchronized long refused() throws IOException {
        return tell('r');
    }

    private long tell(char what) throws IOException {
        in.write(what);
        in.flush();
        return Long.parseLong(line());
    }

    private String line() throws IOException {
        String line = out.readLine();
        if (line == null) {
            throw new IOException("the server has ended");
        }
        return line;
    }

    @Override
    public void close() throws IOException {
        in.close();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    public static void main(String[] args) throws Exception {
        TcpGuard guard = TcpGuard.builder()
                .reclaim(false)
                .set("queueWait", "500ms")
                .build()
                .start();
        System.out.println(start(args[0], guard));
        for (int what = System.in.read(); what >= 0; what = System.in.read()) {
            System.out.println(
                    what == 'o'
                            ? guard.snapshot().capacity().own()
                            : guard.shed().of(RefusalCounters.Stage.ACCEPT));
        }
        System.exit(0);
    }

    private static int start(String framework, TcpGuard guard) throws Exception {
        return switch (framework) {
            case "reactor" -> ReactorNettyServer.bind(guard).port();
            case "vertx" ->
                VertxServer.listen(VertxServer.vertx(guard))
                        .toCompletionStage()
                        .toCompletableFuture()
                        .get(20, TimeUnit.SECONDS)
                        .actualPort();
            case "grpc" -> {
                EventLoopGroup loops = new NioEventLoopGroup(2);
                yield GrpcServer.start(guard, loops, loops).getPort();
            }
            default -> throw new IllegalArgumentException(framework + " (expected: reactor, vertx or grpc)");
        };
    }
}
