/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.testkit.Preloads;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ClassPreloadTest {
    @Test
    void knowsAllClassesThatDecideAboutAConnection() throws Exception {
        for (var each : ClassPreload.CLASSES.entrySet()) {
            Preloads.assertComplete(ClassPreload.class, each.getKey(), each.getValue(), Set.of());
        }
        assertThat(ClassPreload.load()).isEmpty();
    }
}
