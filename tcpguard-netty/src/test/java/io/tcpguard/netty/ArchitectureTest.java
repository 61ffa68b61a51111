package io.tcpguard.netty;

import io.tcpguard.testkit.AdapterRules;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    @Test
    void usesOfTheCoreOnlyWhatItExports() {
        AdapterRules.check(NettyGuard.class);
    }
}
