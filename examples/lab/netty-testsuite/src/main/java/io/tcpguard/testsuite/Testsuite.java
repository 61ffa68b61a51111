/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.testsuite;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.tcpguard.GuardBuilder;
import io.tcpguard.TcpGuard;
import io.tcpguard.state.RefusalCounters.Stage;
import java.io.File;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs Netty's tests on stock bootstraps, on guarded ones, and on guarded ones that shed, and prints where the results
 * differ and what the guard's books hold after each class. Some of these tests leave connections open; the books hold
 * them, and the descriptors grow by as many on stock ones.
 */
public final class Testsuite {
    private static final int SLOTS = 24;

    private Testsuite() {}

    /**
     * {@code -Dtestsuite.only=} a pattern of classes. Exit code 1: the guard made a difference, at a comfortable limit
     * or at one where each connection takes the slot of an idle one.
     */
    public static void main(String[] args) throws Exception {
        if (args.length == 1) {
            write(args[0]);
            System.exit(0);
        }
        // Each in a process of its own: some of these classes work once only.
        Map<String, String> stock = inAProcess("stock");
        if (!stock.containsValue("SUCCESSFUL")) {
            throw new IllegalStateException("no test is green on stock: there is nothing to compare with");
        }
        int differences = compare("guarded", stock, inAProcess("guarded"));
        differences += compare("shedding", stock, inAProcess("shedding"));
        System.exit(differences == 0 ? 0 : 1);
    }

    private static Path results(String how) {
        return Path.of("target", "testsuite-" + how + ".properties");
    }

    private static Map<String, String> inAProcess(String how) throws Exception {
        Files.createDirectories(results(how).toAbsolutePath().getParent());
        Files.deleteIfExists(results(how));
        int code = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-Dtestsuite.only=" + System.getProperty("testsuite.only", ".*"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Testsuite.class.getName(),
                        how)
                .inheritIO()
                .start()
                .waitFor();
        if (code != 0) {
            throw new IllegalStateException(how + " ended with " + code);
        }
        Properties read = new Properties();
        try (Reader in = Files.newBufferedReader(results(how))) {
            read.load(in);
        }
        Map<String, String> results = new TreeMap<>();
        read.stringPropertyNames().forEach(name -> results.put(name, read.getProperty(name)));
        return results;
    }

    private static void write(String how) throws Exception {
        Properties results = new Properties();
        if (how.equals("stock")) {
            results.putAll(run(how, null));
        } else {
            boolean shedding = how.equals("shedding");
            GuardBuilder builder = TcpGuard.builder();
            if (shedding) {
                builder.set("maxConnections", String.valueOf(SLOTS)).set("idleFloor", "1s");
            }
            try (TcpGuard guard = builder.build().start();
                    AutoCloseable crowd = shedding ? new Crowd(guard, SLOTS) : () -> {}) {
                System.out.println(how + " beside " + crowd.getClass().getSimpleName());
                results.putAll(run(how, guard));
            }
        }
        try (Writer out = Files.newBufferedWriter(results(how))) {
            results.store(out, how);
        }
    }

    private static Map<String, String> run(String how, @Nullable TcpGuard guard) {
        Factories.guard = guard;
        Map<String, String> results = new TreeMap<>();
        AtomicLong longest = new AtomicLong();
        Launcher launcher = LauncherFactory.create();
        for (Class<?> suite : Suites.all()) {
            if (!suite.getSimpleName().matches(System.getProperty("testsuite.only", ".*"))) {
                continue;
            }
            long began = System.nanoTime();
            launcher.execute(
                    LauncherDiscoveryRequestBuilder.request()
                            .selectors(selectClass(suite))
                            .build(),
                    new TestExecutionListener() {
                        @Override
                        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                            if (test.isTest()) {
                                results.put(
                                        // Without the identities of objects.
                                        suite.getSimpleName() + "."
                                                + test.getDisplayName().replaceAll("@[0-9a-f]+", ""),
                                        result.getThrowable()
                                                .map(e -> result.getStatus() + " " + e)
                                                .orElse("" + result.getStatus()));
                            }
                        }
                    });
            long millis = (System.nanoTime() - began) / 1_000_000;
            longest.accumulateAndGet(millis, Math::max);
            System.out.println(how + " " + suite.getSimpleName() + ": " + millis + " ms" + books(guard) + ", "
                    + Objects.requireNonNullElse(new File("/proc/self/fd").list(), new String[0]).length
                    + " descriptors, " + Thread.activeCount() + " threads");
        }
        System.out.println(how + ": " + results.size() + " tests, "
                + results.values().stream().filter("SUCCESSFUL"::equals).count() + " green; the longest class took "
                + longest + " ms");
        return results;
    }

    private static String books(@Nullable TcpGuard guard) {
        return guard == null
                ? ""
                : ", own " + guard.snapshot().capacity().own() + ", refused "
                        + guard.shed().of(Stage.ACCEPT) + ", evicted "
                        + guard.shed().of(Stage.KEEP_ALIVE) + ", "
                        + guard.snapshot().level();
    }

    private static int compare(String how, Map<String, String> stock, Map<String, String> guarded) {
        int differences = 0;
        for (Map.Entry<String, String> each : stock.entrySet()) {
            String ours = Objects.requireNonNullElse(guarded.get(each.getKey()), "did not run");
            if (ours.equals("SUCCESSFUL") != each.getValue().equals("SUCCESSFUL")) {
                differences++;
                System.out.println(how + " differs: " + each.getKey() + ": " + ours + "; stock " + each.getValue());
            }
        }
        System.out.println(how + ": " + differences + " of " + stock.size() + " differ from stock");
        return differences;
    }
}
