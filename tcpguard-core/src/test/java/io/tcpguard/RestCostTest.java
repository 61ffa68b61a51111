/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tcpguard.testkit.JavaChild;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a guarded server costs that nobody uses, beside threads in the same process that wake and do nothing. */
@Tag("long")
class RestCostTest {
    private static final int USED = 6;
    private static final int MEASURED = 10;
    private static final Pattern LINE = Pattern.compile("(\\S+) (\\d+) (\\d+)");

    private final Map<String, long[]> threads = new TreeMap<>();

    @Test
    void aGuardThatNobodyNeedsWakesTwiceASecondAndCostsLessThanAThreadThatOnlyWakesFiftyTimes() throws Exception {
        assumeTrue(Files.isReadable(Path.of("/proc/self/schedstat")), "needs Linux with schedstat");
        run();

        long guard = time("tcpguard");
        System.out.printf(
                "at rest, in ms of a processor a second: guard %.2f, its probe tasks %.2f;"
                        + " a thread that wakes twice %.2f, fifty times %.2f%n",
                perSecond(guard), perSecond(time("worker")), perSecond(time("wakes-2")), perSecond(time("wakes-50")));
        threads.forEach((name, of) -> System.out.println(name + " µs " + of[0] + ", woken " + of[1]));
        // 2 samples, and what a thread waits for within one.
        assertThat(switches("tcpguard-sample")).isBetween((long) MEASURED, 3L * MEASURED);
        assertThat(guard).isLessThan(time("wakes-50"));
        assertThat(switches("worker")).isLessThan(5 * 3L * MEASURED);
    }

    private static double perSecond(long micros) {
        return micros / 1000.0 / MEASURED;
    }

    private long time(String prefix) {
        return sum(prefix, 0);
    }

    private long switches(String prefix) {
        return sum(prefix, 1);
    }

    private long sum(String prefix, int which) {
        return threads.entrySet().stream()
                .filter(e ->
                        e.getKey().equals(prefix) || (e.getKey().startsWith(prefix) && !prefix.startsWith("wakes")))
                .mapToLong(e -> e.getValue()[which])
                .sum();
    }

    private void run() throws IOException, InterruptedException {
        Process child = new ProcessBuilder(JavaChild.command(
                        JavaChild.ANY_LIMIT,
                        List.of("-Xmx64m"),
                        JavaChild.classPath(),
                        RestCostChild.class,
                        Integer.toString(USED),
                        Integer.toString(MEASURED)))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                Matcher thread = LINE.matcher(line);
                if (thread.matches()) {
                    threads.put(
                            thread.group(1),
                            new long[] {Long.parseLong(thread.group(2)), Long.parseLong(thread.group(3))});
                }
            }
            assertThat(child.waitFor()).isZero();
        } finally {
            child.destroyForcibly();
        }
    }
}
