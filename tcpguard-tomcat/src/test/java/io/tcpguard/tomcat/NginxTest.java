/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import io.tcpguard.TcpGuard;
import io.tcpguard.testkit.BehindNginx;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

@Tag("long")
@Timeout(180)
class NginxTest extends BehindNginx {
    private final List<Tomcat> tomcats = new ArrayList<>();
    private final List<TcpGuard> guards = new ArrayList<>();

    @AfterEach
    void end() throws LifecycleException {
        for (Tomcat tomcat : tomcats) {
            tomcat.stop();
            tomcat.destroy();
        }
        guards.forEach(TcpGuard::close);
    }

    private final class Answer extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(answersAfterMillis));
            hang();
            response.getOutputStream().print("ok");
        }
    }

    @Override
    protected int serve(boolean guarded, int maxConnections) throws Exception {
        Tomcat tomcat = new Tomcat();
        tomcats.add(tomcat);
        Path base = Files.createTempDirectory("tomcat");
        base.toFile().deleteOnExit();
        tomcat.setBaseDir(base.toString());
        Connector connector;
        if (guarded) {
            TcpGuard guard =
                    TcpGuard.builder().healthPort(0).behindProxy(true).build().start();
            guards.add(guard);
            connector = TomcatGuard.connector(guard, 0);
        } else {
            connector = new Connector("HTTP/1.1");
            connector.setPort(0);
        }
        connector.setProperty("address", "localhost");
        connector.setProperty("maxThreads", maxConnections > 0 ? "20" : "10");
        if (maxConnections > 0) {
            connector.setProperty("maxConnections", String.valueOf(maxConnections));
        }
        tomcat.setConnector(connector);
        Context context = tomcat.addContext("", base.toString());
        Tomcat.addServlet(context, "answer", new Answer()).addMapping("/*");
        tomcat.start();
        return connector.getLocalPort();
    }
}
