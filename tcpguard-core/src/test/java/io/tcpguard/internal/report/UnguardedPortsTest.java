/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class UnguardedPortsTest {
    private static final Set<Integer> OWN = Set.of(8081);

    private final List<String> said = new ArrayList<>();
    private final UnguardedPorts ports = new UnguardedPorts(said::add);

    @Test
    void namesEachPortWithoutAGuardOnceWhenItWasSeenTwice() {
        ports.look(List.of(8080, 8081, 9090), Set.of(8080), OWN);
        assertThat(said).isEmpty();
        ports.look(List.of(8080, 8081, 9090), Set.of(8080), OWN);
        ports.look(List.of(8080, 8081, 9090), Set.of(8080), OWN);

        assertThat(said).hasSize(1).first().asString().startsWith("port 9090 of this process: no guard. ");

        ports.look(List.of(8080, 9090, 7, 99), Set.of(8080), OWN);
        ports.look(List.of(8080, 9090, 7, 99), Set.of(8080), OWN);
        assertThat(said).hasSize(2).last().asString().startsWith("ports 7, 99 of this process: no guard. ");
    }

    @Test
    void saysNothingOfOneThatIsGuardedByTheNextLook() {
        ports.look(List.of(8080, 8443), Set.of(8080), OWN);
        ports.look(List.of(8080, 8443), Set.of(8080, 8443), OWN);
        ports.look(List.of(8080, 8443), Set.of(8080, 8443), OWN);

        assertThat(said).isEmpty();
    }

    @Test
    void saysNothingBeforeAnythingIsGuarded() {
        ports.look(List.of(8080), Set.of(), OWN);
        ports.look(List.of(8080), Set.of(), OWN);

        assertThat(said).isEmpty();
    }

    @Test
    void doesNotGoOnForOneWhoOpensPortsAllTheTime() {
        for (int port = 1; port < 1000; port++) {
            ports.look(List.of(port), Set.of(8080), OWN);
            ports.look(List.of(port), Set.of(8080), OWN);
        }

        assertThat(said).hasSize(64);
    }
}
