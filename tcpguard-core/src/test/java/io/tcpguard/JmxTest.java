/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tcpguard.jmx.TcpGuardMXBean;
import io.tcpguard.spi.GuardedListener;
import io.tcpguard.state.RefusalCounters;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import java.util.Set;
import javax.management.JMX;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXConnectorServer;
import javax.management.remote.JMXConnectorServerFactory;
import javax.management.remote.JMXServiceURL;
import org.junit.jupiter.api.Test;

/** By a client of its own, over RMI. */
class JmxTest {
    private static final String DOMAIN = "io.tcpguard.JmxTest";

    @Test
    void showsTheGuardToAClientAndLetsItDrain() throws Exception {
        try (TcpGuard guard = shown();
                ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                GuardedListener listener = guard.listen("plain", server.getLocalPort(), () -> true);
                Client client = new Client()) {
            assertThat(listener).isNotNull();
            guard.shed()
                    .count(
                            RefusalCounters.Stage.ACCEPT,
                            RefusalCounters.Method.RESET,
                            RefusalCounters.Reason.CONNECTIONS);
            TcpGuardMXBean bean = JMX.newMXBeanProxy(client.beans, name(""), TcpGuardMXBean.class);

            assertThat(bean.getLevel()).isEqualTo("NORMAL");
            assertThat(bean.getDescriptorLimit()).isPositive();
            assertThat(bean.getListenerConnections()).containsExactly(Map.entry("plain", 0L));
            assertThat(bean.getShed()).containsExactly(Map.entry("accept/reset/connections", 1L));
            assertThat(bean.getRefusedConnections()).isEqualTo(1);
            assertThat(bean.getSecondsSinceLastCheck()).isNull();

            bean.drain("deployment");
            assertThat(guard.status().drainReason()).contains("deployment");
            assertThat(bean.isDraining()).isTrue();
            assertThat(bean.getDrainReason()).isEqualTo("deployment");
            bean.resume();
            assertThat(bean.isDraining()).isFalse();

            assertThatThrownBy(() -> bean.rehearse("descriptors", 7, 60)).isInstanceOf(IllegalArgumentException.class);
            bean.endRehearsal();

            assertThat(bean.forgetSource("2001:db8::1")).isFalse();
            assertThatThrownBy(() -> bean.forgetSource("example.org"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("expected: an IPv4 or IPv6 address");
        }
    }

    @Test
    void hasNoAttributeThatFails() throws Exception {
        try (TcpGuard guard = shown()) {
            var beans = ManagementFactory.getPlatformMBeanServer();
            assertThat(guard).isNotNull();
            for (MBeanAttributeInfo attribute : beans.getMBeanInfo(name("")).getAttributes()) {
                assertThat(attribute.isWritable()).as(attribute.getName()).isFalse();
                beans.getAttribute(name(""), attribute.getName());
            }
        }
    }

    @Test
    void leavesNothingRegisteredAfterStopAndComesBackAfterStart() throws Exception {
        try (TcpGuard guard = shown()) {
            assertThat(registered()).containsExactly(name(""));
            guard.stop();
            assertThat(registered()).isEmpty();
            guard.start();
            assertThat(registered()).containsExactly(name(""));
        }
        assertThat(registered()).isEmpty();
    }

    @Test
    void keepsTwoGuardsOfOneDomainApart() throws Exception {
        try (TcpGuard one = shown();
                TcpGuard two = shown()) {
            assertThat(registered()).containsExactlyInAnyOrder(name(""), name(",name=2"));
            two.drain("two");
            assertThat(ManagementFactory.getPlatformMBeanServer().getAttribute(name(",name=2"), "Draining"))
                    .isEqualTo(true);
            one.stop();
            assertThat(registered()).containsExactly(name(",name=2"));
        }
        assertThat(registered()).isEmpty();
    }

    @Test
    void registersNothingUnlessAskedTo() throws Exception {
        Set<ObjectName> before = all();
        try (TcpGuard guard = TcpGuard.builder().build().start()) {
            assertThat(guard).isNotNull();
            assertThat(all()).isEqualTo(before);
        }
    }

    private static TcpGuard shown() {
        return TcpGuard.builder().set("jmxDomain", DOMAIN).build().start();
    }

    private static ObjectName name(String rest) throws Exception {
        return new ObjectName(DOMAIN + ":type=TcpGuard" + rest);
    }

    private static Set<ObjectName> registered() throws Exception {
        return ManagementFactory.getPlatformMBeanServer().queryNames(new ObjectName(DOMAIN + ":*"), null);
    }

    private static Set<ObjectName> all() throws Exception {
        return ManagementFactory.getPlatformMBeanServer().queryNames(new ObjectName("*:type=TcpGuard,*"), null);
    }

    /** Over a socket. */
    private static final class Client implements AutoCloseable {
        final JMXConnectorServer server;
        final JMXConnector connector;
        final MBeanServerConnection beans;

        @SuppressWarnings("BanJNDI") // the address is that of the server above, of this process
        Client() throws IOException {
            server = JMXConnectorServerFactory.newJMXConnectorServer(
                    new JMXServiceURL("rmi", "127.0.0.1", 0), null, ManagementFactory.getPlatformMBeanServer());
            server.start();
            connector = JMXConnectorFactory.connect(server.getAddress());
            beans = connector.getMBeanServerConnection();
        }

        @Override
        public void close() throws IOException {
            connector.close();
            server.stop();
        }
    }
}
