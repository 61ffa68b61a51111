/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tcpguard.TcpGuard;
import io.tcpguard.testkit.Await;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TomcatGuardTest {
    @Test
    void guardsAnEmbeddedServerInTwoLines(@TempDir Path base) throws Exception {
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(base.toString());
        tomcat.addContext("", base.toString());

        TcpGuard guard = TcpGuard.builder().healthPort(0).build().start();
        tomcat.setConnector(TomcatGuard.connector(guard, 0));

        try (guard) {
            tomcat.start();
            Await.until("healthy", () -> guard.snapshot().verdict().up());
            try (RawClient client = new RawClient(tomcat.getConnector().getLocalPort())) {
                assertThat(client.get("/")).startsWith("HTTP/1.1 404");
            }
            TomcatGuard.drainAndStop(guard, tomcat.getServer(), Duration.ZERO, Duration.ofSeconds(20));
            Await.until("health down", () -> !guard.snapshot().verdict().up());
            tomcat.destroy();
        }
    }

    @Test
    void servesOnWithoutAGuardThatWasClosed() throws Exception {
        try (TomcatRig rig = new TomcatRig()) {
            TcpGuard guard = TcpGuard.builder().build().start();
            TomcatGuard.attach(guard, rig.connector);
            rig.start();
            guard.close();
            try (RawClient client = rig.client()) {
                assertThat(client.get("/")).startsWith("HTTP/1.1 200");
            }
            rig.connector.stop();
            rig.connector.start();
            try (RawClient client = rig.client()) {
                assertThat(client.get("/")).startsWith("HTTP/1.1 200");
            }
        }
    }

    @Test
    void saysWhichProtocolAConnectorNeeds() {
        try (TcpGuard guard = TcpGuard.builder().build().start()) {
            assertThatThrownBy(() -> TomcatGuard.attach(guard, new Connector()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Http11NioProtocol (expected: " + GuardedHttp11NioProtocol.class.getName());
        }
    }
}
