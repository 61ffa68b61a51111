/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.TcpGuard;
import io.tcpguard.testkit.Await;
import java.io.File;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** One guard in the server; applications and connectors come and go under load. */
@Tag("long")
@EnabledOnOs(value = OS.LINUX, disabledReason = "descriptors are counted in /proc")
class RedeployTest {
    private static final int ROUNDS = 50;
    private static final int CLIENTS = 4;

    private final Tomcat tomcat = new Tomcat();
    private final List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
    private final AtomicInteger answers = new AtomicInteger();
    private volatile int port;
    private volatile boolean done;

    @Test
    void leavesNoThreadDescriptorOrClassLoaderAfterFiftyStopsStartsReloadsAndRedeploysUnderLoad(@TempDir Path directory)
            throws Exception {
        tomcat.setBaseDir(directory.toString());
        // Health fails with each stop of the only connector, and more than three times in ten minutes it would return
        // late.
        try (TcpGuard guard =
                TcpGuard.builder().healthPort(0).set("maxFlips", "1000").build().start()) {
            Connector connector = TomcatGuard.connector(guard, 0);
            // All its threads from the start, so that their number says something.
            connector.setProperty("maxThreads", "8");
            connector.setProperty("minSpareThreads", "8");
            tomcat.setConnector(connector);
            Context reloaded = application("/reloaded", directory);
            tomcat.start();
            try {
                // What is made once, and is no leak, is made here.
                underLoad(connector, reloaded, directory, 3);
                settle();
                List<String> threads = threads();
                Map<String, Long> descriptors = descriptors();
                int connections = guardedConnections(connector);

                loaders.clear();
                underLoad(connector, reloaded, directory, ROUNDS);
                assertThat(answers).hasValueGreaterThan(ROUNDS);
                eventually(
                        "descriptors as before",
                        RedeployTest::descriptors,
                        now -> total(now) <= total(descriptors),
                        descriptors);
                eventually("threads as before", RedeployTest::threads, now -> now.size() <= threads.size(), threads);
                Await.until("connections as before", () -> guardedConnections(connector) == connections);
                assertThat(loaders).hasSize(3 * ROUNDS);
                Await.until("class loaders gone, but for that of the application that runs", () -> {
                    System.gc();
                    return loaders.stream()
                                    .filter(loader -> loader.get() != null)
                                    .count()
                            <= 1;
                });
                Await.until("health is back", () -> guard.snapshot().verdict().up());
            } finally {
                tomcat.stop();
                tomcat.destroy();
            }
        }
    }

    private void underLoad(Connector connector, Context reloaded, Path directory, int rounds) throws Exception {
        done = false;
        port = connector.getLocalPort();
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            String path = i % 2 == 0 ? "/reloaded/" : "/redeployed/";
            Thread client = new Thread(() -> load(path), "load");
            client.setDaemon(true);
            client.start();
            clients.add(client);
        }
        try {
            for (int round = 0; round < rounds; round++) {
                Context redeployed = application("/redeployed", directory);
                remember(redeployed);
                int before = answers.get();
                Await.until("load", () -> answers.get() > before);
                reloaded.reload();
                remember(reloaded);
                connector.stop();
                connector.start();
                port = connector.getLocalPort();
                reloaded.stop();
                reloaded.start();
                remember(reloaded);
                tomcat.getHost().removeChild(redeployed);
            }
        } finally {
            done = true;
            for (Thread client : clients) {
                client.join();
            }
        }
    }

    /** Asks again and again on one connection; when that ends, on another. */
    private void load(String path) {
        while (!done) {
            try (RawClient client = new RawClient(port)) {
                while (!done && client.get(path).startsWith("HTTP/1.1")) {
                    answers.incrementAndGet();
                    TimeUnit.MILLISECONDS.sleep(1);
                }
            } catch (IOException | InterruptedException e) {
                // Its connector has just stopped.
            }
        }
    }

    private Context application(String path, Path directory) throws IOException {
        Path files = directory.resolve(path.substring(1));
        Files.createDirectories(files);
        Context context = tomcat.addContext(path, files.toString());
        Tomcat.addServlet(context, "default", "org.apache.catalina.servlets.DefaultServlet")
                .addMapping("/");
        return context;
    }

    private void remember(Context context) {
        loaders.add(new WeakReference<>(context.getLoader().getClassLoader()));
    }

    private static int guardedConnections(Connector connector) {
        return ((GuardedHttp11NioProtocol) connector.getProtocolHandler()).getGuardedConnections();
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> !name.equals("load"))
                .sorted()
                .toList();
    }

    /** How many of each kind: what they lead to, without numbers. */
    private static Map<String, Long> descriptors() {
        Map<String, Long> kinds = new TreeMap<>();
        File[] open = new File("/proc/self/fd").listFiles();
        for (File one : open == null ? new File[0] : open) {
            try {
                kinds.merge(Files.readSymbolicLink(one.toPath()).toString().replaceAll("[0-9]+", "N"), 1L, Long::sum);
            } catch (IOException e) {
                // Closed since.
            }
        }
        return kinds;
    }

    private static long total(Map<String, Long> kinds) {
        return kinds.values().stream().mapToLong(Long::longValue).sum();
    }

    private static <T> void eventually(String what, Supplier<T> now, Predicate<T> good, T before)
            throws InterruptedException {
        try {
            Await.until(what, () -> good.test(now.get()));
        } catch (AssertionError e) {
            throw new AssertionError(what + ": before " + before + ", now " + now.get(), e);
        }
    }

    /** Until the count stays. */
    private static void settle() throws InterruptedException {
        List<Long> seen = new ArrayList<>(List.of(-1L));
        Await.until("settled", () -> {
            long now = total(descriptors());
            seen.add(now);
            try {
                TimeUnit.MILLISECONDS.sleep(200);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return seen.size() > 5
                    && seen.subList(seen.size() - 5, seen.size()).stream()
                                    .max(Comparator.naturalOrder())
                                    .get()
                            == now;
        });
    }
}
