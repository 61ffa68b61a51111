/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.testkit.Await;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The example, whose beans Spring has defined ahead of time (Boot's goal {@code process-aot}), in a JVM of its own. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "the guard reads Linux's descriptors")
@EnabledIfSystemProperty(
        named = "example.application",
        matches = ".+",
        disabledReason = "the examples are processed ahead of time, this module has no application of its own")
class AheadOfTimeTest {
    private static final Pattern SERVES = Pattern.compile("(?:Tomcat|Netty) started on port ([0-9]+)");
    private static final Pattern TELLS = Pattern.compile("health on port ([0-9]+)");

    private final Path out;

    AheadOfTimeTest(@TempDir Path directory) {
        out = directory.resolve("out.txt");
    }

    @Test
    void isGuardedAsAnyOther() throws Exception {
        Process application = start();
        try {
            int port = said(application, SERVES);
            int health = said(application, TELLS);
            Await.until("healthy", () -> Web.get(health, "/").statusCode() == 200);
            assertThat(Web.get(port, "/").body()).isEqualTo("hello");
            assertThat(Web.get(health, "/details").body()).contains("ACCEPT_QUEUE");
            assertThat(Files.readString(out))
                    .contains("AOT-processed")
                    .containsPattern("tcpguard watches [0-9]+ of [0-9]+ descriptors, admission threshold [0-9]+;")
                    .contains("health on port " + health);
        } finally {
            end(application);
        }
        assertThat(Files.readString(out)).doesNotContain("ERROR");
    }

    /**
     * Whether the guard's beans are there was decided when the application was built; whether they do anything is not.
     */
    @Test
    void obeysTheKillSwitchOfTheDayItRuns() throws Exception {
        Process application = start("--tcpguard.enabled=false");
        try {
            int port = said(application, SERVES);
            assertThat(Web.get(port, "/").body()).isEqualTo("hello");
            assertThat(Files.readString(out))
                    .contains("AOT-processed", "tcpguard is off")
                    .doesNotContain("tcpguard watches", "active:");
        } finally {
            end(application);
        }
    }

    private Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dspring.aot.enabled=true",
                "-cp",
                classPath(),
                System.getProperty("example.application"),
                "--server.port=0",
                "--server.address=127.0.0.1",
                "--server.tomcat.basedir=" + out.getParent(),
                "--tcpguard.health-port=0",
                "--tcpguard.health-address=127.0.0.1"));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
    }

    /** Without the tests. */
    private static String classPath() {
        List<String> entries = new ArrayList<>();
        String all = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        for (String entry : all.split(File.pathSeparator, -1)) {
            if (!entry.contains("test-classes")) {
                entries.add(entry);
            }
        }
        return String.join(File.pathSeparator, entries);
    }

    /** The port that this line of the log names, when it is there. */
    private int said(Process application, Pattern line) throws Exception {
        Await.until("it says " + line, () -> line.matcher(Files.readString(out)).find() || !application.isAlive());
        Matcher found = line.matcher(Files.readString(out));
        assertThat(found.find()).as(Files.readString(out)).isTrue();
        return Integer.parseInt(found.group(1));
    }

    private static void end(Process application) throws InterruptedException {
        application.destroy();
        if (!application.waitFor(30, TimeUnit.SECONDS)) {
            application.destroyForcibly().waitFor();
            throw new AssertionError("did not end by SIGTERM");
        }
    }
}
