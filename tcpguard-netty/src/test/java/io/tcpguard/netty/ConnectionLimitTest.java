/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.GuardBuilder;
import io.tcpguard.TcpGuard;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.Level;
import io.tcpguard.state.Limit;
import io.tcpguard.state.SignalState;
import io.tcpguard.testkit.Await;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the number of connections is bounded by a setting, far below the descriptors. */
class ConnectionLimitTest extends LocalServer {
    private int bind(NettyGuard netty) {
        return bind(netty, Speech.HTTP1::pipeline);
    }

    private boolean isServed(int port) throws IOException {
        Socket client = client();
        ask(client, port, Speech.HTTP1.ask(0));
        return isServed(client);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void newcomersTakeThePlacesOfTheIdle(boolean ofPort) throws Exception {
        GuardBuilder settings = TcpGuard.builder().healthPort(0).set("idleFloor", "1s");
        guard = (ofPort ? settings : settings.set("maxConnections", "200"))
                .build()
                .start();
        int port = bind(NettyGuard.of(guard).maxConnections(ofPort ? 200 : -1));
        for (int i = 0; i < 200; i++) {
            assertThat(isServed(port)).isTrue();
        }
        TimeUnit.MILLISECONDS.sleep(1200);

        for (int i = 0; i < 5; i++) {
            assertThat(isServed(port)).isTrue();
        }

        assertThat(guard.snapshot().level()).isEqualTo(Level.SHED);
        assertThat(guard.snapshot().leading()).isEqualTo(Signal.CONNECTIONS);
        assertThat(guard.snapshot().verdict().up()).isTrue();
        assertThat(guard.snapshot().capacity().binding()).isEqualTo(ofPort ? Limit.MAX_CONNECTIONS : Limit.OPERATOR);
        assertThat(guard.snapshot().capacity().own()).isLessThanOrEqualTo(202);
    }

    /** Who is full at one port is served at the other, and takes no slot of it. */
    @Test
    void aPortThatIsFullIsNoneOfTheOthersBusiness() throws Exception {
        guard = TcpGuard.builder()
                .healthPort(0)
                .set("idleFloor", "1s")
                .set("queueWait", "0s")
                .build()
                .start();
        int small = bind(NettyGuard.of(guard).maxConnections(20));
        int large = bind(NettyGuard.of(guard));
        for (int i = 0; i < 50; i++) {
            assertThat(isServed(large)).isTrue();
        }
        TimeUnit.MILLISECONDS.sleep(1200);
        for (int i = 0; i < 20; i++) {
            assertThat(isServed(small)).isTrue();
        }
        assertThat(isServed(small)).isFalse();
        assertThat(isServed(large)).isTrue();
        assertThat(guard.shed().of(io.tcpguard.state.RefusalCounters.Stage.KEEP_ALIVE))
                .isZero();
    }

    /** Each port's size is its own; a server without guard has no such limit. */
    @Test
    void portsOfEachSmallSizeServeThatManyReplaceTheIdleAndAreCalmAgain() throws Exception {
        guard = TcpGuard.builder()
                .healthPort(0)
                .set("idleFloor", "3s")
                .set("queueWait", "1s")
                .build()
                .start();
        Map<Integer, Integer> ports = new TreeMap<>();
        for (int size :
                IntStream.rangeClosed(2, 25).filter(n -> n != 3 && n != 10).toArray()) {
            ports.put(size, bind(NettyGuard.of(guard).maxConnections(size)));
        }
        List<Socket> beyond = new ArrayList<>();
        for (Map.Entry<Integer, Integer> each : ports.entrySet()) {
            for (int i = 0; i < each.getKey(); i++) {
                assertThat(isServed(each.getValue()))
                        .as("%s of %s", i, each.getKey())
                        .isTrue();
            }
            Socket waits = client();
            ask(waits, each.getValue(), Speech.HTTP1.ask(0));
            beyond.add(waits);
        }
        Await.until("all are full, and say so", () -> ports.keySet().stream().allMatch(this::full));
        assertThat(guard.snapshot().level()).isEqualTo(Level.SHED);
        assertThat(guard.snapshot().verdict().up()).isTrue();
        int answered = 0;
        for (Socket waits : beyond) {
            // Who came after the first were idle for long enough is served, the others are told to come back.
            answered += waits.getInputStream().read() == 'H' ? 1 : 0;
        }
        assertThat(answered).isEqualTo(ports.size());
        for (int port : ports.values()) {
            Await.until("a newcomer is served", () -> isServed(port));
        }
        for (Socket client : clients) {
            client.close();
        }
        Await.until("calm", () -> guard.snapshot().level() == Level.NORMAL);
        Await.until("nobody is held", () -> guard.snapshot().capacity().own() == 0);
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
