/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import io.tcpguard.testkit.NativeImageHints;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NativeImageHintsTest {
    @Test
    void nameWhateverIsFoundByName() throws Exception {
        NativeImageHints.assertComplete("tcpguard-tomcat", Set.of());
    }
}
