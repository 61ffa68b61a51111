/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import io.tcpguard.TcpGuard;
import io.tcpguard.testkit.FoundProxy;
import java.io.IOException;
import org.apache.catalina.LifecycleException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ProxyFoundTest {
    private static final String FORGED = "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 198.51.100.7\r\n\r\n";

    private final TomcatRig rig = new TomcatRig();

    ProxyFoundTest() throws IOException {}

    private int start(TcpGuard guard) {
        rig.connector.setProperty("maxConnections", String.valueOf(FoundProxy.SLOTS));
        rig.protocol.guardWith(guard);
        try {
            return rig.start().port();
        } catch (LifecycleException e) {
            throw new AssertionError(e);
        }
    }

    @AfterEach
    void end() throws Exception {
        rig.close();
    }

    @ParameterizedTest
    @Tag("long")
    @ValueSource(strings = {"X-Forwarded-For: 198.51.100.7", "Forwarded: for=198.51.100.7"})
    void aProxyIsFoundByWhatItSaysAndItsConnectionsAreServedByTurn(String header) throws Exception {
        FoundProxy.isFound(this::start, "GET / HTTP/1.1\r\nHost: a\r\n" + header + "\r\n\r\n");
    }

    @Test
    @Tag("long")
    void oneAddressWithoutThatIsACrowd() throws Exception {
        FoundProxy.isNone(this::start, 3, FoundProxy.PLAIN);
    }

    @Test
    void whoForgesItAmongOthersGainsNothing() throws Exception {
        FoundProxy.isNone(this::start, 12, FORGED);
    }
}
