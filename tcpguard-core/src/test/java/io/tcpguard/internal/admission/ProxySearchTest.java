/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.spi.ConnectionHandle;
import io.tcpguard.state.RefusalCounters;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A proxy is found by what it says, in the middle of a flood too, where there is nobody else to be fair to. */
class ProxySearchTest {
    private static final long SECOND = 1_000_000_000L;

    private final CoarseClock clock = new CoarseClock(0);
    private final ClientModel clients =
            ClientModel.empty(0, 2_000_000_000L, 10_000_000_000L, clock, new RefusalCounters());
    private final ConnectionTable table = new ConnectionTable(clients, 0);
    private final RefusedSources refused = new RefusedSources();
    private final ProxySearch search = new ProxySearch(table, refused);
    private final List<ConnectionHandle> others = new ArrayList<>();
    private long now;

    private ConnectionHandle open(String address, boolean forwards) throws UnknownHostException {
        ConnectionHandle handle = table.open(InetAddress.getByName(address), true, new ListenerCounts(), how -> {});
        if (forwards) {
            handle.forwards();
        }
        handle.begin();
        handle.end();
        return handle;
    }

    private void proxies(int connections, boolean forward) throws UnknownHostException {
        for (int i = 0; i < connections; i++) {
            open("192.0.2." + (1 + i % 2), forward);
        }
    }

    private void others(int count) throws UnknownHostException {
        for (int i = 0; i < count; i++) {
            others.add(open("198.51.100." + (1 + others.size()), false));
        }
    }

    private boolean proxiedAfter(int seconds) {
        for (int i = 0; i < seconds; i++) {
            now += SECOND;
            search.second(false, now);
        }
        return search.proxied();
    }

    @Test
    void findsThoseWhoSayItAndNoOthers() throws UnknownHostException {
        others(60);
        assertThat(proxiedAfter(60)).isFalse();
        others.forEach(ConnectionHandle::closed);
        proxies(200, true);
        others(3);
        assertThat(proxiedAfter(1)).isFalse();
        assertThat(proxiedAfter(1)).isTrue();
    }

    @Test
    void believesNobodyBesideMoreThanAHandful() throws UnknownHostException {
        proxies(200, true);
        others(9);
        assertThat(proxiedAfter(60)).isFalse();
    }

    @Test
    void endsWhenOthersComeAndIsSlowToBelieveAgain() throws UnknownHostException {
        proxies(200, true);
        assertThat(proxiedAfter(2)).isTrue();
        others(9);
        assertThat(proxiedAfter(1)).isTrue();
        assertThat(proxiedAfter(1)).isFalse();

        others.forEach(ConnectionHandle::closed);
        assertThat(proxiedAfter(29)).isFalse();
        assertThat(proxiedAfter(1)).isTrue();
    }

    @Test
    void believesNobodyWhileManyAddressesAreRefused() throws UnknownHostException {
        proxies(200, true);
        for (int i = 0; i < 40; i++) {
            refused.add(InetAddress.getByName("203.0.113." + i), now);
        }
        assertThat(proxiedAfter(119)).isFalse();
        assertThat(proxiedAfter(5)).as("two minutes later").isTrue();
    }

    /** An attacker says that he speaks for others, and the users of a small server come again every few seconds. */
    @Test
    void believesNobodyInTheFirstSecondsOfAMinuteEither() throws UnknownHostException {
        proxies(200, true);
        for (int second = 0; second < 200; second++) {
            for (int i = 0; i < 5; i++) {
                refused.add(InetAddress.getByName("203.0.113." + (5 * second + i) % 40), now);
            }
            if (second > 8) {
                assertThat(proxiedAfter(1)).isFalse();
            } else {
                now += SECOND;
            }
        }
    }

    @Test
    void believesNobodyWhereManySourcesAreKnownForGood() throws UnknownHostException {
        Sources sources = new Sources();
        for (int i = 0; i < 60; i++) {
            clients.history().finished(sources.open(InetAddress.getByName("203.0.113." + i)));
        }
        clients.history().memory().sweep();
        proxies(200, true);
        assertThat(proxiedAfter(60)).isFalse();
    }
}
