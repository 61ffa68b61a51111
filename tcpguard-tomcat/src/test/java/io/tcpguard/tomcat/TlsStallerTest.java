/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.spi.Closing;
import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.FakeControl;
import io.tcpguard.testkit.SelfSigned;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is not touched counts as silent, and gives way first. */
class TlsStallerTest {
    private final FakeControl guard = new FakeControl();
    private TomcatRig rig;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        rig = new TomcatRig();
        Keys.serve(rig.connector, SelfSigned.keys(directory).toString());
        rig.protocol.guardWith(guard);
        rig.start();
    }

    @AfterEach
    void stop() throws Exception {
        rig.close();
    }

    @Test
    void isSilentWithHalfAHello() throws Exception {
        try (RawClient client = rig.client()) {
            client.send("\u0016\u0003\u0001\u0002\u0000\u0001").shutdownOutput();

            Await.until(
                    "closed",
                    () -> !guard.handles.isEmpty() && guard.lastHandle().isClosed());
        }
        assertThat(guard.lastHandle().touched).hasValue(0);
    }

    @Test
    void isSilentAfterAHandshakeUntilItAsks() throws Exception {
        try (RawClient client = RawClient.overTls(rig.port()).shakeHands()) {
            FakeControl.Handle handle = guard.lastHandle();
            assertThat(handle.touched).hasValue(0);

            assertThat(client.get("/")).startsWith("HTTP/1.1 200");

            // Touched as well, unless the request came in one piece with the end of the handshake.
            assertThat(handle.begun).hasValue(1);
        }
    }

    /** Allowed to clients of TLS 1.2, unless the JDK is told otherwise. What is said in it is no request. */
    @Test
    void isIdleAfterARenegotiationUntilItAsks() throws Exception {
        try (RawClient client = RawClient.overTls(rig.port()).shakeHands()) {
            assertThat(client.get("/")).startsWith("HTTP/1.1 200");
            FakeControl.Handle handle = guard.lastHandle();

            client.shakeHands();

            assertThat(client.get("/")).startsWith("HTTP/1.1 200");
            Await.until("idle", () -> handle.working.get() == 0);
            assertThat(handle.begun).hasValue(2);
            assertThat(handle.evict(Closing.ORDERLY)).isTrue();
            assertThat(client.ended()).isTrue();
        }
        Await.until("count exact", () -> rig.tomcatsCount() == 0 && guard.open() == 0);
    }
}
