/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.testkit.Preloads;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NettyPreloadTest {
    @Test
    void knowsAllClassesOfTheModule() throws Exception {
        Preloads.assertComplete(NettyPreload.class, NettyPreload.OWN, Set.of());
        assertThat(NettyPreload.missing()).isEmpty();
    }
}
