/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.TcpGuard;
import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.LogHandler;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Logger;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the log says of each connector at its start. */
class StartLinesTest {
    private static final Logger LOG = Logger.getLogger("io.tcpguard");

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Handler handler = new LogHandler(line -> lines.add(line.getLevel() + " " + line.getMessage()));
    private final Tomcat tomcat = new Tomcat();

    @TempDir
    private Path base;

    @BeforeEach
    void listen() {
        LOG.addHandler(handler);
        tomcat.setBaseDir(base.toString());
        tomcat.addContext("", base.toString());
    }

    @AfterEach
    void leave() throws Exception {
        LOG.removeHandler(handler);
        tomcat.stop();
        tomcat.destroy();
    }

    @Test
    void haveOneForEachConnectorOfAnEmbeddedServer() throws Exception {
        try (TcpGuard guard = TcpGuard.builder().build().start()) {
            tomcat.setConnector(TomcatGuard.connector(guard, 0));
            Connector stock = new Connector();
            stock.setPort(0);
            tomcat.getService().addConnector(stock);
            Connector local = new Connector();
            local.setProperty("unixDomainSocketPath", base.resolve("socket").toString());
            tomcat.getService().addConnector(local);
            try (AutoCloseable all = TomcatGuard.guard(guard, tomcat.getServer())) {
                tomcat.start();
                Await.until("healthy", () -> guard.snapshot().verdict().up());

                assertThat(all).isNotNull();
                assertThat(lines.stream().filter(line -> line.contains(": active: refusal at accept")))
                        .hasSize(1);
                assertThat(lines.stream().filter(line -> line.contains(": active: 503 while work is stalled")))
                        .hasSize(2)
                        .filteredOn(line -> line.contains("Not active: watch on its accept queue"))
                        .hasSize(1);
                assertThat(lines).noneMatch(line -> line.contains("NORMAL -> NORMAL") || line.contains("DOWN"));
            }
        }
    }

    @Test
    void haveOneForAConnectorThatCameUnderGuardWhileItRan() throws Exception {
        Connector connector = new Connector(GuardedHttp11NioProtocol.class.getName());
        connector.setPort(0);
        tomcat.setConnector(connector);
        tomcat.start();
        try (TcpGuard guard = TcpGuard.builder().build().start();
                AutoCloseable all = TomcatGuard.guard(guard, tomcat.getServer())) {
            assertThat(all).isNotNull();
            assertThat(lines.stream().filter(line -> line.contains(": active: ")))
                    .hasSize(1);
        }
    }

    @Test
    void warnOfTheGuardedProtocolWithoutAGuard() throws Exception {
        Connector connector = new Connector(GuardedHttp11NioProtocol.class.getName());
        connector.setPort(0);
        tomcat.setConnector(connector);
        tomcat.start();

        Await.until("a warning", () -> !lines.isEmpty());
        assertThat(lines).hasSize(1);
        assertThat(lines.get(0)).startsWith("WARNING").contains("not active", TcpGuardListener.class.getName());
    }
}
