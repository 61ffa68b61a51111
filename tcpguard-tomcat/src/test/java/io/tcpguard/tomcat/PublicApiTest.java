/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import io.tcpguard.testkit.PublicApi;
import org.junit.jupiter.api.Test;

class PublicApiTest {
    @Test
    void theApiIsTheOneThatIsWrittenDown() throws Exception {
        PublicApi.assertKept(TomcatGuard.class, "0.1.0/tcpguard-tomcat.txt");
    }
}
