/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.TcpGuard;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.Level;
import io.tcpguard.state.SignalState;
import io.tcpguard.testkit.Await;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.valves.ValveBase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connectors whose maxConnections is small, each size its own, beside stock ones of the same size. */
class SmallCeilingsTest {
    private static final List<Integer> SIZES =
            IntStream.rangeClosed(2, 25).filter(n -> n != 3 && n != 10).boxed().toList();

    private final List<Tomcat> servers = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path base;

    private final TcpGuard guard =
            TcpGuard.builder().healthPort(0).set("idleFloor", "3s").build().start();

    @AfterEach
    void end() throws Exception {
        threads.shutdownNow();
        for (Tomcat server : servers) {
            server.stop();
            server.destroy();
        }
        guard.close();
    }

    /** The ports by size. */
    private Map<Integer, Integer> start(boolean guarded) throws Exception {
        Tomcat tomcat = new Tomcat();
        servers.add(tomcat);
        tomcat.setBaseDir(base.resolve(guarded ? "guarded" : "stock").toString());
        Map<Integer, Connector> connectors = new TreeMap<>();
        for (int size : SIZES) {
            Connector connector = guarded ? TomcatGuard.connector(guard, 0) : new Connector();
            connector.setPort(0);
            connector.setProperty("maxConnections", String.valueOf(size));
            connector.setProperty("minSpareThreads", "1");
            connector.setProperty("maxThreads", "2");
            tomcat.getService().addConnector(connector);
            connectors.put(size, connector);
        }
        tomcat.getHost();
        tomcat.getEngine().getPipeline().addValve(new ValveBase(true) {
            @Override
            public void invoke(Request request, Response response) throws IOException {
                response.setContentLength(2);
                response.getWriter().write("ok");
            }
        });
        tomcat.start();
        Map<Integer, Integer> ports = new TreeMap<>();
        connectors.forEach((size, connector) -> ports.put(size, connector.getLocalPort()));
        return ports;
    }

    /** Of those who come one by one and stay; it ends with the first that has no answer. */
    private static int served(int port, int tried, List<RawClient> stay) throws IOException {
        int served = 0;
        for (int i = 0; i < tried; i++) {
            RawClient client = new RawClient(port).patience(served == 0 ? 20_000 : 500);
            stay.add(client);
            try {
                if (!client.get("/").startsWith("HTTP/1.1 200")) {
                    return served;
                }
            } catch (SocketTimeoutException waits) {
                return served;
            }
            served++;
        }
        return served;
    }

    private static int portOf(Map<Integer, Integer> ports, int size) {
        return Objects.requireNonNull(ports.get(size));
    }

    @Test
    void atEachSizeAsManyAreServedAsWithoutGuardNewcomersTakeTheSlotsOfTheIdleAndCalmReturns() throws Exception {
        Map<Integer, Integer> guarded = start(true);
        Map<Integer, Integer> stock = start(false);
        Map<Integer, Future<List<RawClient>>> here = new TreeMap<>();
        for (int size : SIZES) {
            here.put(size, threads.submit(() -> {
                List<RawClient> stay = new ArrayList<>();
                List<RawClient> ofStock = new ArrayList<>();
                int without = served(portOf(stock, size), size + 2, ofStock);
                int with = served(portOf(guarded, size), size + 2, stay);
                close(ofStock);
                assertThat(without).as("stock, of %s", size).isEqualTo(size);
                assertThat(with).as("of %s", size).isEqualTo(size);
                return stay;
            }));
        }
        for (Future<List<RawClient>> each : here.values()) {
            each.get(60, TimeUnit.SECONDS);
        }
        Await.until("all are full, and say so", () -> SIZES.stream().allMatch(this::full));
        assertThat(guard.snapshot().level()).isEqualTo(Level.SHED);
        assertThat(guard.snapshot().verdict().up()).isTrue();
        // Past the minimum idle time one after another comes in.
        List<Future<?>> newcomers = new ArrayList<>();
        for (int size : SIZES) {
            Future<List<RawClient>> ofSize = Objects.requireNonNull(here.get(size));
            newcomers.add(threads.submit(() -> {
                for (int i = 0; i < size; i++) {
                    // All listeners share one pace of evictions, so that one may be told to come back.
                    Await.until("a newcomer of " + size, () -> served(portOf(guarded, size), 1, ofSize.get()) == 1);
                }
                return size;
            }));
        }
        for (Future<?> each : newcomers) {
            each.get(120, TimeUnit.SECONDS);
        }
        for (Future<List<RawClient>> each : here.values()) {
            close(each.get());
        }
        Await.until("calm", () -> guard.snapshot().level() == Level.NORMAL);
        Await.until(
                "nobody is held", () -> guard.status().listeners().stream().allMatch(each -> each.connections() == 0));
    }

    private static void close(List<RawClient> clients) throws IOException {
        for (RawClient client : clients) {
            client.close();
        }
    }

    private boolean full(int size) {
        for (SignalState state : guard.snapshot().signals()) {
            if (state.reading().signal() == Signal.CONNECTIONS
                    && state.reading() instanceof Reading.Measured m
                    && m.limit() == size) {
                return state.level() == Level.SHED && m.used() >= size && m.used() <= size + 1;
            }
        }
        return false;
    }
}
