/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.figures;

import com.netflix.concurrency.limits.servlet.ConcurrencyLimitServletFilter;
import com.netflix.concurrency.limits.servlet.ServletLimiterBuilder;
import io.tcpguard.GuardBuilder;
import io.tcpguard.TcpGuard;
import io.tcpguard.config.Setting;
import io.tcpguard.tomcat.TomcatGuard;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.util.ServerInfo;
import org.apache.catalina.valves.ValveBase;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;

/** Embedded Tomcat, each time with one thing more than it comes with. */
final class TomcatServer {
    private TomcatServer() {}

    static String version() {
        return ServerInfo.getServerNumber();
    }

    /** Returns its port. */
    static int start(Contestant contestant, int connections, int workMillis) throws LifecycleException {
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(Path.of("").toAbsolutePath().toString());
        Connector connector =
                switch (contestant) {
                    case GUARDED -> guarded(Map.of());
                    case REFUSING_AT_ONCE -> guarded(Map.of(Setting.QUEUE_WAIT, "0s"));
                    case REFUSING_BY_RESET -> guarded(refusing("1000000"));
                    case REFUSING_BY_ANSWER -> guarded(refusing("0"));
                    default -> new Connector("HTTP/1.1");
                };
        connector.setPort(0);
        connector.setThrowOnFailure(true);
        tomcat.setConnector(connector);
        Context context = tomcat.addContext("", null);
        Tomcat.addServlet(context, "login", new Login(workMillis)).addMapping("/");
        if (contestant == Contestant.MAX_CONNECTIONS) {
            connector.setProperty("maxConnections", Integer.toString(connections));
        } else if (contestant == Contestant.VALVE) {
            // First of all Valves: nothing is spent on a host or an error page.
            tomcat.getEngine().getPipeline().addValve(new Unavailable());
        } else if (contestant == Contestant.CONCURRENCY_LIMITS) {
            limitConcurrency(context);
        }
        tomcat.start();
        return connector.getLocalPort();
    }

    /** Nobody gives way and nobody waits: each newcomer is refused, and at once. */
    private static Map<Setting, String> refusing(String resets) {
        return Map.of(Setting.RECLAIM, "false", Setting.QUEUE_WAIT, "0s", Setting.RESET_BUDGET, resets);
    }

    private static Connector guarded(Map<Setting, String> settings) {
        GuardBuilder guard = TcpGuard.builder().healthPort(0);
        settings.forEach((setting, value) -> guard.set(setting.key(), value));
        return TomcatGuard.connector(guard.build().start(), 0);
    }

    /** As its documentation shows it: one adaptive limit (Vegas) for all requests. */
    private static void limitConcurrency(Context context) {
        FilterDef filter = new FilterDef();
        filter.setFilterName("limit");
        filter.setFilter(new ConcurrencyLimitServletFilter(new ServletLimiterBuilder().build()));
        context.addFilterDef(filter);
        FilterMap everywhere = new FilterMap();
        everywhere.setFilterName("limit");
        everywhere.addURLPattern("/*");
        context.addFilterMap(everywhere);
    }

    private static final class Unavailable extends ValveBase {
        @Override
        public void invoke(Request request, Response response) {
            response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
            response.setHeader("Retry-After", "1");
            response.setHeader("Connection", "close");
            response.setContentLength(0);
        }
    }

    private static final class Login extends HttpServlet {
        private static final long serialVersionUID = 1L;

        private final int workMillis;

        Login(int workMillis) {
            this.workMillis = workMillis;
        }

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            byte[] body = Work.done(workMillis);
            response.setContentType("text/plain");
            response.setContentLength(body.length);
            response.getOutputStream().write(body);
        }
    }
}
