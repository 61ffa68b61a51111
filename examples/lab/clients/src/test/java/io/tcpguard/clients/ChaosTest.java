/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tcpguard.testkit.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A server in trouble that is not of clients, with a flood on top and users in session: they lose nothing, health is
 * answered, and when the flood is over who comes new is served and the guard is calm.
 */
@Tag("long")
class ChaosTest {
    private static final int DESCRIPTORS = 256;

    @ParameterizedTest
    @CsvSource({
        "tomcat, log=blocks",
        "netty, log=blocks",
        "tomcat, log=throws",
        "netty, log=full",
        "tomcat, dns=dead",
        "netty, cpu=fifth"
    })
    void leavesUsersAndHealthAlone(String kind, String trouble) throws Exception {
        assumeTrue(Files.exists(Path.of("/dev/full")), "needs Linux");
        try (ChildServer server = new ChildServer(DESCRIPTORS, kind, "on", trouble, "idleFloor=1s");
                Sessions users = new Sessions(server)) {
            Process throttle = trouble.equals("cpu=fifth") ? throttle(server) : null;
            try (Flood flood = new Flood(server.port)) {
                TimeUnit.SECONDS.sleep(3);
                assertThat(flood).isNotNull();
            } finally {
                if (throttle != null) {
                    throttle.destroyForcibly().waitFor();
                    server.signal("CONT");
                }
            }
            // As soon as the hold of the level is over.
            Await.until("calm again", () -> server.tell("?").contains(" NORMAL "));
            String told = server.tell("?");
            try (Sessions newcomers = new Sessions(server)) {
                TimeUnit.SECONDS.sleep(1);
                System.out.println(kind + ", " + trouble + ": " + users + "; " + newcomers + "; " + told);

                assertThat(users.lost()).as("%s", users).isZero();
                assertThat(users.failedChecks()).isEmpty();
                assertThat(users.checks()).isPositive();
                assertThat(newcomers.lost()).as("%s", newcomers).isZero();
                assertThat(newcomers.answers()).isPositive();
            }
            assertThat(told).as("evicted, refused: or nothing was shown").doesNotStartWith("0 0 ");
            assertThat(told).contains(" NORMAL ");
            assertThat(server.log()).doesNotContain("OutOfMemory", "Too many open files");
        }
    }

    /** As a CPU quota does: runs for a fifth of each tenth of a second. */
    private static Process throttle(ChildServer server) throws Exception {
        return new ProcessBuilder(
                        "sh",
                        "-c",
                        "while kill -STOP $0; do sleep 0.08; kill -CONT $0; sleep 0.02; done",
                        String.valueOf(server.pid()))
                .start();
    }
}
