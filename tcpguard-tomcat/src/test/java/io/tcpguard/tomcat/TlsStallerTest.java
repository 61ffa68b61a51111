/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.testkit.FakeControl;
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
        Keys.serve(rig.connector, Keys.make(directory).toString());
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

            TomcatRig.await(
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
}
