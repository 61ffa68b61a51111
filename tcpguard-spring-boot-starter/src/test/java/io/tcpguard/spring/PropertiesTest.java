/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tcpguard.TcpGuard;
import io.tcpguard.config.Setting;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.env.PropertiesPropertySourceLoader;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;

/** Without a server: what is read from an environment, and what is said of it. */
class PropertiesTest {

    @ParameterizedTest
    @ValueSource(strings = {"5s", "5000ms", "5000", "PT5S", "pt5s"})
    void readsADurationAsSpringAndTomcatWriteIt(String text) {
        TcpGuard guard = guard(properties(Map.of("tcpguard.notice", text)));
        assertThat(Duration.ofNanos(guard.config().nanos(Setting.NOTICE))).hasSeconds(5);
    }

    @ParameterizedTest
    @CsvSource({
        "TCPGUARD_HEALTH_PORT, 8081",
        "TCPGUARD_HEALTHPORT, 8081",
        "TCPGUARD_ALLOW_0, 10.0.0.0/8",
        "TCPGUARD_NOTICE, 5s",
        "TCPGUARD_SERVICE_HOST, 10.0.0.1",
        "TCPGUARD_SERVICE_PORT_HTTP, 8081",
        "TCPGUARD_PORT, tcp://10.0.0.1:8081",
        "TCPGUARD_PORT_8081_TCP_ADDR, 10.0.0.1"
    })
    void complainsOfNoVariableThatItReadsOrThatKubernetesSets(String name, String value) {
        StandardEnvironment environment =
                environment(new SystemEnvironmentPropertySource("systemEnvironment", Map.of(name, value)));
        assertThat(new GuardProperties(environment).guard()).isNotNull();
        assertThat(UnknownProperties.in(environment)).isEmpty();
    }

    @Test
    void readsAVariable() {
        assertThat(guard(new SystemEnvironmentPropertySource(
                                "systemEnvironment", Map.of("TCPGUARD_HEALTH_PORT", "8081")))
                        .config()
                        .integer(Setting.HEALTH_PORT))
                .isEqualTo(8081);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tcpguard.helth-port",
                "tcpguard.health.port",
                "tcpguard.notice-seconds",
                "tcpguard.elevated-at[0]"
            })
    void complainsOfANameThatNobodyReads(String name) {
        assertThat(UnknownProperties.in(environment(properties(Map.of(name, "8081")))))
                .isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcpguard.healthPort", "tcpguard.health_port", "tcpguard.allow[0]", "tcpguard.enabled"})
    void complainsOfNoNameThatIsRead(String name) {
        assertThat(UnknownProperties.in(environment(properties(Map.of(name, "8081")))))
                .isEmpty();
    }

    @Test
    void namesFileAndLineOfEachValueThatIsWrong() throws IOException {
        PropertySource<?> file = new PropertiesPropertySourceLoader()
                .load(
                        "application.properties",
                        new ByteArrayResource("# one\ntcpguard.elevated-at=high\ntcpguard.allow=10.1/16\n"
                                .getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .get(0);
        assertThatThrownBy(() -> guard(file))
                .isInstanceOf(WrongPropertyException.class)
                .hasMessageContaining("tcpguard.elevated-at=high in ")
                .hasMessageContaining("2:22")
                .hasMessageContaining("tcpguard.allow=10.1/16 in ")
                .hasMessageContaining("3:16");
    }

    @Test
    void refusesAFlagThatIsNeitherTrueNorFalse() {
        assertThatThrownBy(() -> guard(properties(Map.of("tcpguard.enabled", "yes"))))
                .isInstanceOf(WrongPropertyException.class)
                .hasMessageContaining("tcpguard.enabled=yes");
    }

    @Test
    void refusesTwoThatContradictEachOtherAndNamesBothWithTheirValues() {
        assertThatThrownBy(
                        () -> guard(properties(Map.of("tcpguard.queue-wait", "6s", "tcpguard.stalled-after", "10s"))))
                .isInstanceOf(WrongPropertyException.class)
                .hasMessageContaining("queueWait=6s")
                .hasMessageContaining("stalledAfter=10s");
    }

    @Test
    void asksForNothingElseWhereItIsDisabled() {
        TcpGuard guard = guard(properties(Map.of("tcpguard.enabled", "FALSE", "tcpguard.elevated-at", "high")));
        assertThat(guard.config().flag(Setting.ENABLED)).isFalse();
    }

    @Test
    void keepsAFixedHealthPortWhereNoTestAsksForAnyServerPort() {
        assertThat(guard(properties(Map.of("server.port", "0", "tcpguard.health-port", "8081")))
                        .config()
                        .integer(Setting.HEALTH_PORT))
                .isEqualTo(8081);
    }

    private static MapPropertySource properties(Map<String, Object> properties) {
        return new MapPropertySource("test", properties);
    }

    private static TcpGuard guard(PropertySource<?> source) {
        return new GuardProperties(environment(source)).guard();
    }

    private static StandardEnvironment environment(PropertySource<?> source) {
        StandardEnvironment environment = new StandardEnvironment();
        List.copyOf(environment.getPropertySources().stream().toList())
                .forEach(one -> environment.getPropertySources().remove(one.getName()));
        environment.getPropertySources().addFirst(source);
        return environment;
    }
}
