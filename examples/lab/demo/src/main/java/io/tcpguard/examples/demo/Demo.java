/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.demo;

import io.tcpguard.examples.demo.load.LoadPlan;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The door. Exit code 0: the guarded server kept its promises; 1: it broke one, which is named; 2: the demo could not
 * run.
 *
 * <p>{@code --server tomcat} (default) or {@code --server netty}.
 */
public final class Demo {
    private Demo() {}

    /** See the class. */
    public static void main(String[] args) {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        int code;
        try {
            code = run(List.of(args), out);
        } catch (IOException | URISyntaxException | RuntimeException e) {
            System.err.println("demo: " + (e.getMessage() == null ? e : e.getMessage()));
            code = 2;
        } catch (InterruptedException e) {
            System.err.println("demo: interrupted");
            code = 2;
        }
        System.exit(code);
    }

    private static int run(List<String> args, PrintStream out)
            throws IOException, InterruptedException, URISyntaxException {
        String server = server(args);
        if (!Files.isDirectory(Path.of("/proc/self/fd"))) {
            throw new IOException("it counts descriptors in /proc/PID/fd, so it needs Linux");
        }
        Path target = directory();
        Path jar = Path.of(System.getProperty(
                "demo.loginServer",
                target.resolve("../../login-server/target/login-server.jar")
                        .normalize()
                        .toString()));
        if (!Files.isRegularFile(jar)) {
            throw new IOException("there is no " + jar + "; build it: mvn -pl examples/lab/login-server -am package");
        }
        Schedule schedule = Schedule.STANDARD;
        LoadPlan load = schedule.load();
        out.println();
        out.println("The same load on a stock " + server + " and on a guarded one, each with " + Run.LIMIT
                + " descriptors: " + load.users() + " users who log in and");
        out.println("stay for 10-20 s with a heartbeat each 1-3 s; " + load.abusers()
                + " abnormal clients from second " + load.floodAt() / 1000 + " to " + load.floodUntil() / 1000
                + ". Takes " + schedule.end() / 1000 + " s.");
        out.println();
        out.println("Starting both servers ...");
        LiveView view = Terminal.stdout() ? new ScreenView(out, server, Run.LIMIT) : new LineView(out);
        Run.Result result = new Run(schedule, jar, server, target).go(view);
        return report(schedule, server, result, target, out);
    }

    private static int report(Schedule schedule, String server, Run.Result result, Path target, PrintStream out)
            throws IOException {
        out.println();
        ResultTable.lines(schedule, result.stock(), result.guarded()).forEach(out::println);
        out.println();
        List<Promise> promises = Judge.judge(schedule, result.stock(), result.guarded());
        for (Promise promise : promises) {
            out.println((promise.kept() ? "  kept    " : "  BROKEN  ") + promise.text());
            out.println("          " + promise.evidence());
        }
        Path picture = target.resolve("demo.svg");
        Files.writeString(picture, new Picture(schedule, server, result.stock(), result.guarded()).svg());
        out.println();
        out.println("picture: " + picture);
        out.println("logs:    " + target.resolve("demo-stock.log") + ", " + target.resolve("demo-guarded.log"));
        return Judge.allKept(promises) ? 0 : 1;
    }

    private static String server(List<String> args) {
        if (args.isEmpty()) {
            return "tomcat";
        }
        if (args.size() == 2
                && args.get(0).equals("--server")
                && List.of("tomcat", "netty").contains(args.get(1))) {
            return args.get(1);
        }
        throw new IllegalArgumentException(String.join(" ", args) + " (expected: --server tomcat or --server netty)");
    }

    /** Where this jar lies: examples/lab/demo/target. */
    private static Path directory() throws URISyntaxException {
        Path self = Path.of(
                Demo.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        Path directory = self.toAbsolutePath().getParent();
        return directory == null ? Path.of(".").toAbsolutePath() : directory;
    }
}
