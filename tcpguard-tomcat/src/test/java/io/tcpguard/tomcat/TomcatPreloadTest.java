/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.testkit.Preloads;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TomcatPreloadTest {
    @Test
    void knowsAllClassesOfTheModule() throws Exception {
        Preloads.assertComplete(
                TomcatPreload.class, TomcatPreload.OWN, Set.of("DropIn", "JakartaInitializer", "JavaxInitializer"));
        assertThat(TomcatPreload.missing()).isEmpty();
    }
}
