/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tcpguard.testkit.Json;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DoctorTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int doctor(String... arguments) {
        return new Doctor(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8))
                .run(List.of(arguments));
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "cure", "doctor --pid", "doctor --pid x", "doctor --pid -1", "doctor --xml", "doctor now"})
    void answersWrongArgumentsWithUsageAnd64(String arguments) {
        int code = arguments.isEmpty() ? doctor() : doctor(arguments.split(" ", -1));

        assertThat(code).isEqualTo(64);
        assertThat(err()).contains("expected").contains("usage:");
        assertThat(out()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "doctor --help", "doctor --json --help"})
    void explainsOptionsAndExitCodes(String arguments) {
        assertThat(doctor(arguments.split(" ", -1))).isZero();
        assertThat(out())
                .contains("--pid N")
                .contains("exit code: 0")
                .contains("64")
                .contains("69");
    }

    @Test
    void answersAProcessThatIsNotThereWith69() {
        assumeProc();

        assertThat(doctor("doctor", "--pid", "4194999")).isEqualTo(69);
        assertThat(err()).contains("no process 4194999");
    }

    @Test
    void examinesThisMachineWithoutAnException() {
        assumeProc();

        assertThat(doctor("doctor")).isBetween(0, 2);
        assertThat(out())
                .startsWith("tcpguard doctor: this process")
                .contains("descriptors")
                .doesNotContain("\u001b");
    }

    @Test
    void printsJsonForAProgram() {
        assumeProc();

        assertThat(doctor("doctor", "--json")).isBetween(0, 2);
        assertThat(out()).startsWith("{").endsWith("}\n").contains("\"findings\":[");
    }

    @Test
    void runsWithNothingButItsOwnClassesOnTheClassPath() throws Exception {
        assumeProc();

        Ended ended = child("doctor");

        assertThat(ended.code()).as(ended.err()).isBetween(0, 2);
        assertThat(ended.err()).isEmpty();
        assertThat(ended.out())
                .startsWith("tcpguard doctor")
                .doesNotContain("\u001b")
                .doesNotContain("Exception");
    }

    @Test
    void givesScriptsTheSameExitCodeAsProgramsReadInTheJson() throws Exception {
        assumeProc();

        Ended ended = child(
                "doctor",
                "--json",
                "--pid",
                Long.toString(ProcessHandle.current().pid()));

        Map<?, ?> report = Json.object(ended.out());
        assertThat(report.get("exitCode")).isEqualTo((long) ended.code());
        assertThat(String.valueOf(report.get("process"))).startsWith("process ");
        assertThat((List<?>) report.get("findings")).hasSizeGreaterThan(50);
    }

    @Test
    void endsWith2WhereAllDescriptorsAreOneBurst() throws Exception {
        assumeProc();

        Ended ended = child(List.of("sh", "-c", "ulimit -n 512 && exec \"$@\"", "sh"), "doctor");

        assertThat(ended.code()).as(ended.err()).isEqualTo(2);
        assertThat(ended.out()).contains("DANGEROUS  descriptors = 512");
    }

    @Test
    void endsWith64OnAWrongArgumentAndKeepsStdoutClean() throws Exception {
        Ended ended = child("doctor", "--xml");

        assertThat(ended.code()).isEqualTo(64);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err()).startsWith("tcpguard: --xml is no option").contains("usage:");
    }

    private record Ended(int code, String out, String err) {}

    private static Ended child(String... arguments) throws Exception {
        return child(List.of(), arguments);
    }

    /** A JVM with the module's own classes on its class path, and nothing else: no slf4j. */
    private static Ended child(List<String> before, String... arguments) throws Exception {
        Path classes = Path.of(
                Doctor.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        List<String> command = new ArrayList<>(before);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:-MaxFDLimit",
                "-cp",
                classes.toString(),
                Doctor.class.getName()));
        command.addAll(List.of(arguments));
        Path err = Files.createTempFile("doctor", ".err");
        Process child = new ProcessBuilder(command).redirectError(err.toFile()).start();
        try {
            String out = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return new Ended(child.exitValue(), out, Files.readString(err));
        } finally {
            child.destroyForcibly();
            Files.delete(err);
        }
    }

    private static void assumeProc() {
        assumeTrue(Files.isReadable(Path.of("/proc/sys/kernel/osrelease")), "no /proc/sys here");
    }
}
