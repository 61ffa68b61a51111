/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tcpguard.testkit.Ended;
import io.tcpguard.testkit.Namespace;
import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The doctor in a network namespace of the live kernel, whose settings are really changed. */
@Tag("long")
final class NamespaceTest {

    private final Namespace namespace = Namespace.create();

    @AfterEach
    void removeNamespace() {
        namespace.close();
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
            throws URISyntaxException {
        namespace.attempt("sysctl", "-qw", setting + "=" + value);

        Ended run = doctor();

        assertThat(run.said())
                .contains("{\"setting\":\"" + setting + "\",\"judgement\":\"" + judgement + "\",\"value\":\"" + value
                        + "\"");
        assertThat(run.exit())
                .isGreaterThanOrEqualTo(judgement == Judgement.DANGEROUS ? 2 : judgement == Judgement.WARN ? 1 : 0);
    }

    @Test
    void callsConntracksFiveSecondsDangerousWhereItsModuleIsLoaded() throws URISyntaxException {
        String setting = "net.netfilter.nf_conntrack_tcp_timeout_established";
        assumeTrue(namespace.attempt("sysctl", "-qw", setting + "=5").exit() == 0, "conntrack is not loaded here");

        assertThat(doctor().said()).contains("{\"setting\":\"" + setting + "\",\"judgement\":\"DANGEROUS\"");
    }

    @Test
    void saysThatTheMachinesTcpMemoryCannotBeSeenFromWithin() throws URISyntaxException {
        assertThat(doctor().said())
                .contains("{\"setting\":\"net.ipv4.tcp_mem\",\"judgement\":\"NOT_APPLICABLE\"")
                .contains("the machine's value holds");
    }

    @Test
    void takesItsOwnRemedyForFine() throws URISyntaxException {
        namespace.attempt("sysctl", "-qw", "net.ipv4.tcp_retries2=2");
        namespace.attempt("sysctl", "-qw", "net.ipv4.tcp_retries2=8");

        assertThat(doctor().said()).contains("{\"setting\":\"net.ipv4.tcp_retries2\",\"judgement\":\"OK\"");
    }

    private Ended doctor() throws URISyntaxException {
        Path classes = Path.of(
                Doctor.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        return namespace.attempt(
                System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                "-Xmx64m",
                "-cp",
                classes.toString(),
                Doctor.class.getName(),
                "doctor",
                "--json");
    }
}
