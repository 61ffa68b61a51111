/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.jmx;

import java.lang.management.ManagementFactory;
import javax.management.InstanceAlreadyExistsException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A guard in the platform's MBean server, until it is closed. */
public final class JmxRegistration implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JmxRegistration.class);

    /** Guards of one domain. */
    private static final int MOST = 100;

    private final MBeanServer server;
    private final ObjectName name;

    private JmxRegistration(MBeanServer server, ObjectName name) {
        this.server = server;
        this.name = name;
    }

    /**
     * Registers it as {@code DOMAIN:type=TcpGuard}; a second one of the domain as {@code DOMAIN:type=TcpGuard,name=2},
     * and so on. Never throws.
     *
     * @return null if it could not be registered; the log says why
     */
    public static @Nullable JmxRegistration register(String domain, Operations guard) {
        try {
            MBeanServer server = ManagementFactory.getPlatformMBeanServer();
            GuardMBean bean = new GuardMBean(guard);
            for (int i = 1; i <= MOST; i++) {
                ObjectName name = new ObjectName(domain + ":type=TcpGuard" + (i == 1 ? "" : ",name=" + i));
                if (!server.isRegistered(name) && registered(server, bean, name)) {
                    return loaded(new JmxRegistration(server, name));
                }
            }
            LOG.warn("tcpguard is not registered with JMX: {} guards are in the domain {} already", MOST, domain);
        } catch (JMException | RuntimeException | LinkageError e) {
            // A JRE without java.management, or a server that forbids it: the guard works without.
            LOG.warn("tcpguard is not registered with JMX", e);
        }
        return null;
    }

    /** False if another one was faster. */
    private static boolean registered(MBeanServer server, GuardMBean bean, ObjectName name) throws JMException {
        try {
            server.registerMBean(bean, name);
            return true;
        } catch (InstanceAlreadyExistsException e) {
            return false;
        }
    }

    /**
     * With each attribute read once: at exhaustion no class can be loaded. What can't be read does not stay registered.
     */
    private static JmxRegistration loaded(JmxRegistration made) throws JMException {
        try {
            for (MBeanAttributeInfo attribute :
                    made.server.getMBeanInfo(made.name).getAttributes()) {
                made.server.getAttribute(made.name, attribute.getName());
            }
            return made;
        } catch (JMException | RuntimeException | Error e) {
            made.close();
            throw e;
        }
    }

    /** Never throws. */
    @Override
    public void close() {
        try {
            server.unregisterMBean(name);
        } catch (InstanceNotFoundException e) {
            LOG.debug("somebody else unregistered it", e);
        } catch (JMException | RuntimeException e) {
            LOG.warn("tcpguard stays registered with JMX as {}", name, e);
        }
    }
}
