/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.tomcat;

import io.tcpguard.TcpGuard;
import io.tcpguard.tomcat.TomcatGuard;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.startup.Tomcat;

/** An embedded Tomcat under guard: clients on port 8080, the load balancer's check on 8081. */
public final class GuardedTomcat {
    private GuardedTomcat() {}

    /** Serves until it is killed. */
    public static void main(String[] args) throws LifecycleException {
        start(8080, 8081).getServer().await();
    }

    static Tomcat start(int port, int health) throws LifecycleException {
        // tag::guard[]
        TcpGuard guard = TcpGuard.builder().healthPort(health).build().start();
        Tomcat tomcat = new Tomcat();
        tomcat.setConnector(TomcatGuard.connector(guard, port));
        tomcat.addContext("", null);
        tomcat.start();
        // end::guard[]
        return tomcat;
    }
}
