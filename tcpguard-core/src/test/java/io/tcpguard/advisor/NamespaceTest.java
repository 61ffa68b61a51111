/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The doctor in a network namespace of the live kernel, whose settings are really changed. */
@Tag("long")
final class NamespaceTest {

    private static final int SECONDS = 60;

    private final String namespace = "tcpguard-" + ProcessHandle.current().pid();

    private record Run(int code, String text) {}

    @BeforeEach
    void makeNamespace() throws IOException, InterruptedException {
        Run made;
        try {
            made = run(List.of("ip", "netns", "add", namespace));
        } catch (IOException noIp) {
            made = new Run(-1, String.valueOf(noIp.getMessage()));
        }
        assumeTrue(made.code == 0, "needs root and iproute2 to make a network namespace: " + made.text);
    }

    @AfterEach
    void removeNamespace() throws IOException, InterruptedException {
        try {
            run(List.of("ip", "netns", "del", namespace));
        } catch (IOException noIp) {
            // Then there is no namespace to remove either.
        }
    }

    @ParameterizedTest
    @CsvSource({
        "net.ipv4.tcp_retries2, 2, DANGEROUS",
        "net.ipv4.tcp_retries2, 6, WARN",
        "net.ipv4.tcp_synack_retries, 0, DANGEROUS",
        "net.ipv4.tcp_fin_timeout, 1, DANGEROUS",
        "net.ipv4.tcp_keepalive_time, 2, DANGEROUS",
        "net.ipv4.tcp_max_tw_buckets, 5000, WARN",
        "net.ipv4.tcp_syncookies, 0, WARN",
        "net.ipv4.tcp_abort_on_overflow, 1, WARN",
        "net.core.somaxconn, 128, WARN",
        "net.ipv4.tcp_tw_reuse, 1, ADVISE",
    })
    void judgesASettingThatWasReallyChanged(String setting, String value, Judgement judgement)
            throws IOException, InterruptedException, URISyntaxException {
        inside("sysctl", "-qw", setting + "=" + value);

        Run run = doctor();

        assertThat(run.text)
                .contains("{\"setting\":\"" + setting + "\",\"judgement\":\"" + judgement + "\",\"value\":\"" + value
                        + "\"");
        assertThat(run.code)
                .isGreaterThanOrEqualTo(judgement == Judgement.DANGEROUS ? 2 : judgement == Judgement.WARN ? 1 : 0);
    }

    @Test
    void callsConntracksFiveSecondsDangerousWhereItsModuleIsLoaded()
            throws IOException, InterruptedException, URISyntaxException {
        String setting = "net.netfilter.nf_conntrack_tcp_timeout_established";
        assumeTrue(inside("sysctl", "-qw", setting + "=5").code == 0, "conntrack is not loaded here");

        assertThat(doctor().text).contains("{\"setting\":\"" + setting + "\",\"judgement\":\"DANGEROUS\"");
    }

    @Test
    void saysThatTheMachinesTcpMemoryCannotBeSeenFromWithin()
            throws IOException, InterruptedException, URISyntaxException {
        assertThat(doctor().text)
                .contains("{\"setting\":\"net.ipv4.tcp_mem\",\"judgement\":\"NOT_APPLICABLE\"")
                .contains("the machine's value holds");
    }

    @Test
    void takesItsOwnRemedyForFine() throws IOException, InterruptedException, URISyntaxException {
        inside("sysctl", "-qw", "net.ipv4.tcp_retries2=2");
        inside("sysctl", "-qw", "net.ipv4.tcp_retries2=8");

        assertThat(doctor().text).contains("{\"setting\":\"net.ipv4.tcp_retries2\",\"judgement\":\"OK\"");
    }

    private Run doctor() throws IOException, InterruptedException, URISyntaxException {
        Path classes = Path.of(
                Doctor.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        return inside(
                System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                "-Xmx64m",
                "-cp",
                classes.toString(),
                Doctor.class.getName(),
                "doctor",
                "--json");
    }

    private Run inside(String... command) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        all.addAll(List.of(command));
        return run(all);
    }

    private static Run run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS))
                    .as(command.toString())
                    .isTrue();
            return new Run(process.exitValue(), text);
        } finally {
            process.destroyForcibly();
        }
    }
}
