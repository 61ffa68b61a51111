package io.tcpguard;

import io.tcpguard.testkit.PublicApi;
import org.junit.jupiter.api.Test;

class PublicApiTest {
    @Test
    void theApiIsTheOneThatIsWrittenDown() throws Exception {
        PublicApi.assertKept(TcpGuard.class, "0.1.0/tcpguard-core.txt");
    }
}
