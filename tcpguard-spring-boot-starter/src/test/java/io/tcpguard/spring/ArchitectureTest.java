/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spring;

import io.tcpguard.testkit.AdapterRules;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    @Test
    void usesOfTheCoreOnlyWhatItExports() {
        AdapterRules.check(TcpGuardAutoConfiguration.class, "io.tcpguard.tomcat", "io.tcpguard.netty");
    }
}
