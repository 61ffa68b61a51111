package io.tcpguard.advisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        false)
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
        assertThat(out()).startsWith("{").endsWith("}\n").contains("\"findings\": [");
    }

    @Test
    void runsWithNothingButItsOwnClassesOnTheClassPath() throws IOException, InterruptedException, URISyntaxException {
        assumeProc();
        Path classes = Path.of(
                Doctor.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        Process child = new ProcessBuilder(
                        System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                        "-Xmx64m",
                        "-cp",
                        classes.toString(),
                        Doctor.class.getName(),
                        "doctor")
                .redirectErrorStream(true)
                .start();
        try {
            String text = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(child.exitValue()).as(text).isBetween(0, 2);
            assertThat(text)
                    .startsWith("tcpguard doctor")
                    .doesNotContain("\u001b")
                    .doesNotContain("Exception");
        } finally {
            child.destroyForcibly();
        }
    }

    private static void assumeProc() {
        assumeTrue(Files.isReadable(Path.of("/proc/sys/kernel/osrelease")), "no /proc/sys here");
    }
}
