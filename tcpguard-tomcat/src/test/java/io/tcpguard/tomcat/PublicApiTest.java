package io.tcpguard.tomcat;

import io.tcpguard.testkit.PublicApi;
import org.junit.jupiter.api.Test;

class PublicApiTest {
    @Test
    void theApiIsTheOneThatIsWrittenDown() throws Exception {
        PublicApi.assertKept(TomcatGuard.class, "0.1.0/tcpguard-tomcat.txt");
    }
}
