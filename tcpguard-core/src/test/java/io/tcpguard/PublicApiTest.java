/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard;

import io.tcpguard.testkit.PublicApi;
import org.junit.jupiter.api.Test;

class PublicApiTest {
    @Test
    void theApiIsTheOneThatIsWrittenDown() throws Exception {
        PublicApi.assertKept(TcpGuard.class, "0.1.0/tcpguard-core.txt");
    }
}
