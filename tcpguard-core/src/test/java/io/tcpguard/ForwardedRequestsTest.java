/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.spi.ConnectionHandle;
import io.tcpguard.spi.GuardedListener;
import io.tcpguard.spi.ListenerControl;
import io.tcpguard.state.Admission;
import io.tcpguard.testkit.Await;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A whole guard whose work hangs, by the clock of the machine. */
@Tag("long")
@Timeout(60)
class ForwardedRequestsTest {
    private static final InetAddress PROXY = InetAddress.getLoopbackAddress();
    private static final int USERS = 40;
    /** Longer than the least that counts as one, and a sample. */
    private static final long SESSION_NANOS = TimeUnit.MILLISECONDS.toNanos(2_300);

    private static final String STRANGER = "203.0.113.9";

    @Test
    void clientsKnownForGoodAreServedWhileOthersAreRefused() throws Exception {
        try (TcpGuard guard = TcpGuard.builder()
                .set("stalledAfter", "4s")
                .set("maxWorkDelay", "100ms")
                .set("queueWait", "0s")
                .build()
                .start()) {
            GuardedListener listener = guard.listen("behind a proxy", 1, new OpenSocket());
            sessions(listener);
            assertThat(listener.admitForwarded(PROXY, STRANGER)).isEqualTo(Admission.ADMIT);

            listener.watchWork("hangs", task -> {});
            Await.until("late", () -> {
                assertThat(listener.admitForwarded(PROXY, user(1))).isEqualTo(Admission.ADMIT);
                return listener.admitForwarded(PROXY, STRANGER) == Admission.RESPOND;
            });
            for (int i = 0; i < USERS; i++) {
                assertThat(listener.admitForwarded(PROXY, user(i))).isEqualTo(Admission.ADMIT);
            }
            ConnectionHandle strangers = listener.open(PROXY, how -> {});
            assertThat(listener.admitForwarded(PROXY, strangers)).isEqualTo(Admission.ADMIT);
            strangers.forwardedFor(STRANGER);
            Await.until("refused", () -> listener.admitForwarded(PROXY, strangers) == Admission.RESPOND);
        }
    }

    /** Two of each user, by the second of which he is known, for as long as makes a session. */
    private static void sessions(GuardedListener listener) {
        List<ConnectionHandle> open = new ArrayList<>();
        for (int i = 0; i < 2 * USERS; i++) {
            ConnectionHandle handle = listener.open(PROXY, how -> {});
            handle.forwardedFor(user(i % USERS));
            open.add(handle);
        }
        long start = System.nanoTime();
        Await.until("sessions", () -> {
            for (ConnectionHandle handle : open) {
                handle.begin();
                handle.end();
            }
            return System.nanoTime() - start > SESSION_NANOS;
        });
        open.forEach(ConnectionHandle::closed);
    }

    private static String user(int n) {
        return "198.51.100." + n;
    }

    private static final class OpenSocket implements ListenerControl {
        @Override
        public boolean accepting() {
            return true;
        }

        @Override
        public int backlog() {
            return 10;
        }
    }
}
