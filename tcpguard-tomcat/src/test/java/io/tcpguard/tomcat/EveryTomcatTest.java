/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.testkit.Await;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@EnabledOnOs(value = OS.LINUX, disabledReason = "descriptor limits are Linux's")
class EveryTomcatTest {
    static final Path TOMCATS = Path.of("target", "tomcats").toAbsolutePath();

    @ParameterizedTest
    @ValueSource(strings = {"9.0.72", "11.0.29"})
    void runsTheSameBinary(String version) throws Exception {
        try (ChildServer server = ChildServer.onTomcat(TOMCATS.resolve(version), 256, "guarded")) {
            serves(server, version);
        }
    }

    @Tag("long")
    @ParameterizedTest
    @ValueSource(strings = {"9.0.72", "9.0.124", "10.1.6", "10.1.62", "11.0.0", "11.0.29"})
    void keepsItsPromisesInAFlood(String version) throws Exception {
        try (ChildServer server = ChildServer.onTomcat(TOMCATS.resolve(version), 256, "guarded")) {
            serves(server, version);
        }
        try (ChildServer server = ChildServer.onTomcat(TOMCATS.resolve(version), 256, "guarded")) {
            FloodTest.keepsItsPromises(server, Abuse.ONE_REQUEST_AND_SIT, 400, 5);
        }
    }

    private static void serves(ChildServer server, String version) throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            assertThat(server.output()).anyMatch(line -> line.startsWith("server " + version));
            for (int i = 0; i < 3; i++) {
                assertThat(client.get("/")).startsWith("HTTP/1.1 200");
            }
            // With the next sample, which a guard at rest takes half a second later.
            Await.until(
                    "it counts as a client",
                    () -> Pattern.compile("own=[1-9]").matcher(client.get("/")).find());
        }
        HttpClient http2 =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
        HttpResponse<String> answer = http2.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(FloodTest.health(server)).startsWith("HTTP/1.1 200");
        server.stop();
        assertThat(server.output())
                .contains("stopped")
                .noneMatch(line -> line.contains("NoSuchMethodError")
                        || line.contains("NoClassDefFoundError")
                        || line.contains("AbstractMethodError")
                        || line.contains("SEVERE"));
    }
}
