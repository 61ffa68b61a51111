/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.TcpGuard;
import io.tcpguard.testkit.Nginx;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two servers behind a real nginx. */
@Tag("long")
@Timeout(180)
class NginxTest {
    private static final int REQUESTS = 240;
    private static final long EVERY_MILLIS = 40;
    private static final long HICCUP_MILLIS = 3_000;

    private final List<Tomcat> tomcats = new ArrayList<>();
    private final List<TcpGuard> guards = new ArrayList<>();
    private volatile long hangsUntil;
    private volatile long answersAfterMillis;

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
            for (long left = hangsUntil - System.nanoTime(); left > 0; left = hangsUntil - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            response.getOutputStream().print("ok");
        }
    }

    private List<Integer> twoServers(boolean guarded, int maxConnections, int maxThreads) throws Exception {
        return List.of(serve(guarded, maxConnections, maxThreads), serve(guarded, maxConnections, maxThreads));
    }

    private int serve(boolean guarded, int maxConnections, int maxThreads) throws Exception {
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
        connector.setProperty("maxThreads", String.valueOf(maxThreads));
        if (maxConnections > 0) {
            connector.setProperty("maxConnections", String.valueOf(maxConnections));
        }
        tomcat.setConnector(connector);
        Context context = tomcat.addContext("", base.toString());
        Tomcat.addServlet(context, "answer", new Answer()).addMapping("/*");
        tomcat.start();
        return connector.getLocalPort();
    }

    private Map<String, Integer> hiccup(Path directory, boolean guarded, int kept) throws Exception {
        try (Nginx nginx = Nginx.before(directory, kept, twoServers(guarded, -1, 10))) {
            Map<String, Integer> answers = nginx.ask(REQUESTS, EVERY_MILLIS, request -> {
                if (request == REQUESTS / 4) {
                    hangsUntil = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(HICCUP_MILLIS);
                }
            });
            assertThat(nginx.errors()).doesNotContain("reset");
            return answers;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 16})
    void losesNoRequestInAHiccupThatStockSurvives(int kept, @TempDir Path stock, @TempDir Path guarded)
            throws Exception {
        assertThat(hiccup(stock, false, kept)).as("stock").isEqualTo(Map.of("200", REQUESTS));
        assertThat(hiccup(guarded, true, kept)).as("guarded").isEqualTo(Map.of("200", REQUESTS));
    }

    @Test
    void isNeverResetByAFullServer(@TempDir Path directory) throws Exception {
        answersAfterMillis = 2_000;
        try (Nginx nginx = Nginx.before(directory, 0, twoServers(true, 8, 20))) {
            Map<String, Integer> answers = nginx.ask(REQUESTS, 5, request -> {});
            assertThat(answers.keySet()).as("%s", answers).contains("503").doesNotContain("none");
            assertThat(nginx.errors()).doesNotContain("reset");
        }
    }
}
