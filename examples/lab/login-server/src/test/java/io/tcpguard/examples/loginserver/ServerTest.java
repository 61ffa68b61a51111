/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.loginserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tcpguard.TcpGuard;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ServerTest {
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

    @ParameterizedTest
    @ValueSource(strings = {"tomcat", "netty"})
    void answersLoginsAndHealthWithoutGuard(String kind) throws Exception {
        try (Server server = LoginServer.start(options(kind, "off", 0), null)) {
            assertThat(get(server.port(), "/").body()).hasSize(200).startsWith("login ok");
            assertThat(get(server.port(), "/health").body()).isEqualTo("UP\n");
            assertThat(get(server.healthPort(), "/health").statusCode()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tomcat", "netty"})
    void answersLoginsAndTellsItsLevelUnderGuard(String kind) throws Exception {
        try (TcpGuard guard = TcpGuard.builder().healthPort(0).build();
                Server server = LoginServer.start(options(kind, "on", 0), guard)) {
            assertThat(get(server.port(), "/").body()).hasSize(200);
            assertThat(server.healthPort()).isEqualTo(guard.healthPort()).isPositive();
            assertThat(get(server.healthPort(), "/health").body()).containsAnyOf("NORMAL", "DRAIN");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tomcat", "netty"})
    void failsIfItsPortIsTaken(String kind) throws Exception {
        try (Server first = LoginServer.start(options(kind, "off", 0), null)) {
            assertThatThrownBy(() -> LoginServer.start(options(kind, "off", first.port()), null))
                    .isInstanceOf(Exception.class);
        }
    }

    private static Options options(String kind, String guard, int port) {
        return Options.parse(List.of(
                "--server", kind, "--port", "" + port, "--health-port", "0", "--guard", guard, "--work-ms", "1"));
    }

    private HttpResponse<String> get(int port, String path) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
