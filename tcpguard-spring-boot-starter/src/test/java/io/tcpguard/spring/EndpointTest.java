/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.TcpGuard;
import io.tcpguard.testkit.Await;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

@EnabledOnOs(value = OS.LINUX, disabledReason = "the guard reads Linux's descriptors")
class EndpointTest {
    private static final String EXPOSED = "--management.endpoints.web.exposure.include=health,tcpguard";

    private final Example example;

    EndpointTest(@TempDir Path base) {
        this.example = new Example(base);
    }

    @Test
    void tellsOfTheGuardAndDrainsIt() throws Exception {
        try (ConfigurableApplicationContext application = example.start(EXPOSED)) {
            TcpGuard guard = application.getBean(TcpGuard.class);
            int port = Example.port(application);

            assertThat(Web.get(port, "/actuator/tcpguard").body())
                    .contains("\"level\":\"", "\"weight\":", "\"binding\":\"", "\"shed\":{\"accept\":0");
            assertThat(Web.get(port, "/actuator/tcpguard/details").body())
                    .contains("\"listeners\":[{\"name\":\"", "\"signal\":\"DESCRIPTORS\"", "\"checkers\":0");
            assertThat(Web.get(port, "/actuator/tcpguard/advice").body()).contains("{\"lines\":[\"");
            assertThat(Web.get(port, "/actuator/tcpguard/incident").body()).startsWith("{\"lines\":[");
            assertThat(Web.get(port, "/actuator/tcpguard/nothing").statusCode()).isEqualTo(404);

            HttpResponse<String> drained = Web.post(port, "/actuator/tcpguard/drain", "{\"reason\":\"deployment\"}");
            assertThat(drained.statusCode()).as(drained.body()).isEqualTo(200);
            assertThat(guard.status().drainReason()).contains("deployment");
            Await.until("health is down", () -> !guard.snapshot().verdict().up());
            assertThat(Web.get(port, "/actuator/tcpguard").body())
                    .contains("\"up\":false", "\"drainReason\":\"deployment\"");
            assertThat(Web.post(port, "/actuator/tcpguard/resume", "{}").statusCode())
                    .isEqualTo(200);
            assertThat(guard.status().drainReason()).isEmpty();
            assertThat(Web.post(port, "/actuator/tcpguard/nothing", "{}").statusCode())
                    .isEqualTo(400);

            assertThat(Web.post(port, "/actuator/tcpguard/rehearse", "{}").statusCode())
                    .isEqualTo(400);
            HttpResponse<String> beyond = Web.post(
                    port, "/actuator/tcpguard/rehearse", "{\"signal\":\"DESCRIPTORS\",\"pressure\":7,\"seconds\":60}");
            assertThat(beyond.statusCode()).as(beyond.body()).isEqualTo(400);
            assertThat(Web.post(port, "/actuator/tcpguard/end-rehearsal", "{}").statusCode())
                    .isEqualTo(200);

            assertThat(Web.post(port, "/actuator/tcpguard/forget", "{\"source\":\"192.0.2.1\"}")
                            .body())
                    .contains("\"forgotten\":false");
            assertThat(Web.post(port, "/actuator/tcpguard/forget", "{\"source\":\"example.org\"}")
                            .statusCode())
                    .isEqualTo(400);

            // Without a reason.
            Web.post(port, "/actuator/tcpguard/drain", "{}");
            assertThat(guard.status().drainReason()).contains("drained by Actuator");
        }
    }

    @Test
    void isNotExposedUnlessTheApplicationSaysSo() throws Exception {
        try (ConfigurableApplicationContext application = example.start()) {
            assertThat(Web.get(Example.port(application), "/actuator/tcpguard").statusCode())
                    .isEqualTo(404);
            assertThat(application.getBeansOfType(TcpGuardEndpoint.class)).isEmpty();
        }
    }
}
