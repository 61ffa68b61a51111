/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tcpguard.TcpGuard;
import io.tcpguard.config.Setting;
import io.tcpguard.testkit.Await;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Objects;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.catalina.Lifecycle;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.tomcat.util.IntrospectionUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TcpGuardListenerTest {
    private final TcpGuardListener listener = new TcpGuardListener();
    private TomcatRig rig;

    @BeforeEach
    void makeServer() throws Exception {
        rig = new TomcatRig();
        rig.tomcat.getServer().addLifecycleListener(listener);
    }

    @AfterEach
    void endServer() throws Exception {
        rig.close();
    }

    /** As Tomcat's digester does for an attribute in server.xml. */
    private void attribute(String name, String value) {
        assertThat(IntrospectionUtils.setProperty(listener, name, value)).isTrue();
    }

    @Test
    void takesEachSettingAsAnAttribute() throws Exception {
        for (Setting setting : Setting.values()) {
            attribute(setting.key(), textOf(setting));
        }
        attribute("healthPort", "0");
        rig.start();
        assertThat(guard().config().integer(Setting.RESET_BUDGET)).isEqualTo(Setting.BY_THE_LIMIT);
    }

    private TcpGuard guard() {
        return Objects.requireNonNull(listener.guard());
    }

    private static String textOf(Setting setting) {
        Object value = setting.byDefault();
        if (value instanceof Duration duration) {
            return duration.toMillis() + "ms";
        }
        if (value instanceof java.util.List<?> list) {
            return String.join(",", list.stream().map(Object::toString).toList());
        }
        return value.toString();
    }

    @Test
    void registersTheGuardInTheServersDomainWhileItRuns() throws Exception {
        ObjectName name = new ObjectName("Tomcat:type=TcpGuard");
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        assertThat(beans.isRegistered(name)).isFalse();
        for (int i = 0; i < 2; i++) {
            rig.start();
            assertThat(beans.getAttribute(name, "Weight")).isInstanceOf(Integer.class);
            rig.tomcat.stop();
            assertThat(beans.isRegistered(name)).isFalse();
        }
    }

    @Test
    void registersNothingWhereItIsToldNotTo() throws Exception {
        attribute("jmxDomain", "off");
        rig.start();
        assertThat(ManagementFactory.getPlatformMBeanServer().queryNames(new ObjectName("*:type=TcpGuard,*"), null))
                .isEmpty();
    }

    @Test
    void keepsTheServerFromStartingForWrongAttributesAndNamesEachOfThem() {
        attribute("healthPort", "eighty");
        attribute("helthPort", "8081");
        attribute("notice", "soon");
        assertThatThrownBy(rig::start)
                .isInstanceOf(LifecycleException.class)
                .rootCause()
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("healthPort=eighty (expected: a whole number")
                .hasMessageContaining("helthPort")
                .hasMessageContaining("notice=soon (expected: a duration");
        assertThat(listener.guard()).isNull();
    }

    @Test
    void keepsTheServerFromStartingForTwoThatContradictEachOtherAndNamesBoth() {
        attribute("queueWait", "6s");
        attribute("stalledAfter", "10s");
        assertThatThrownBy(rig::start)
                .isInstanceOf(LifecycleException.class)
                .rootCause()
                .hasMessageContaining("queueWait=6s")
                .hasMessageContaining("stalledAfter=10s");
        assertThat(listener.guard()).isNull();
    }

    @Test
    void isWrongAnywhereButInServer() {
        Connector connector = new Connector();
        connector.addLifecycleListener(listener);
        connector.setThrowOnFailure(true);
        assertThatThrownBy(connector::init)
                .rootCause()
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("expected: in <Server>");
    }

    @Test
    void guardsFromTheFirstConnectionOnAndUndoesAllAtStop() throws Exception {
        Connector stock = new Connector();
        stock.setPort(0);
        rig.tomcat.getService().addConnector(stock);
        attribute("healthPort", "0");
        rig.start();
        TcpGuard guard = guard();
        Await.until("healthy", () -> guard.snapshot().verdict().up());
        try (RawClient client = rig.client();
                RawClient other = new RawClient(stock.getLocalPort());
                RawClient check = new RawClient(guard.healthPort())) {
            assertThat(client.get("/")).startsWith("HTTP/1.1 200");
            assertThat(other.get("/")).startsWith("HTTP/1.1 200");
            assertThat(check.get("/")).startsWith("HTTP/1.1 200");
            Await.until(
                    "counted",
                    () -> guard.snapshot().capacity().own() == 2
                            || !guard.snapshot().capacity().known());
        }
        assertThat(rig.tomcat.getEngine().getPipeline().getValves()).hasAtLeastOneElementOfType(RequestValve.class);

        rig.tomcat.stop();

        assertThat(rig.tomcat.getEngine().getPipeline().getValves()).doesNotHaveAnyElementsOfTypes(RequestValve.class);
        assertThat(listener.guard()).isNull();
        assertThat(guard.healthPort()).isEqualTo(-1);
        assertThat(threadsOfGuards()).isZero();
    }

    @Test
    void survivesRestartsOfTheServer() throws Exception {
        attribute("healthPort", "0");
        for (int i = 0; i < 4; i++) {
            rig.start();
            try (RawClient client = rig.client()) {
                assertThat(client.get("/")).startsWith("HTTP/1.1 ");
            }
            assertThat(threadsOfGuards()).isEqualTo(4);
            rig.tomcat.stop();
            assertThat(threadsOfGuards()).isZero();
        }
    }

    @Test
    void leavesNoTraceWhereItIsDisabled() throws Exception {
        attribute("enabled", "false");
        attribute("healthPort", "0");
        // At night one switch must do.
        attribute("notice", "soon");
        attribute("queueWait", "6s");
        rig.start();
        assertThat(guard().healthPort()).isEqualTo(-1);
        assertThat(threadsOfGuards()).isZero();
        try (RawClient client = rig.client()) {
            assertThat(client.get("/")).startsWith("HTTP/1.1 ");
        }
        rig.tomcat.stop();
    }

    @Test
    void failsHealthBeforeTheServerStopsAndLetsRequestsFinish() throws Exception {
        attribute("notice", "PT1S");
        attribute("finish", "3000");
        rig.start();
        TcpGuard guard = guard();
        Await.until("healthy", () -> guard.snapshot().verdict().up());
        try (RawClient busy = rig.client();
                RawClient idle = rig.client()) {
            assertThat(idle.get("/")).doesNotContain("Connection: close");
            busy.send("GET /block HTTP/1.1\r\nHost: a\r\n\r\n");
            rig.blocked.await();
            Thread stopping = new Thread(() -> {
                try {
                    rig.tomcat.stop();
                } catch (LifecycleException e) {
                    throw new IllegalStateException(e);
                }
            });
            stopping.start();
            Await.until("health down", () -> !guard.snapshot().verdict().up());
            // Balancers need time to see it: nobody is turned away meanwhile.
            assertThat(idle.get("/")).startsWith("HTTP/1.1 200");
            Await.until("connections end with their answers", () -> lastAnswer(idle));
            rig.release.countDown();
            assertThat(busy.answer()).startsWith("HTTP/1.1 200");
            stopping.join();
        }
        assertThat(rig.tomcat.getServer().getState().isAvailable()).isFalse();
        assertThat(guard.healthPort()).isEqualTo(-1);
    }

    private static boolean lastAnswer(RawClient client) {
        try {
            String answer = client.get("/");
            assertThat(answer).startsWith("HTTP/1.1 200");
            return answer.contains("Connection: close");
        } catch (java.io.IOException e) {
            throw new AssertionError("a request was lost", e);
        }
    }

    private static long threadsOfGuards() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("tcpguard-"))
                .count();
    }

    @Test
    void ignoresEventsThatAreNotItsOwn() {
        listener.lifecycleEvent(
                new org.apache.catalina.LifecycleEvent(rig.tomcat.getServer(), Lifecycle.PERIODIC_EVENT, "nothing"));
        assertThat(listener.guard()).isNull();
    }
}
