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

    /** One of each user, of two requests and as many seconds. */
    private static void sessions(GuardedListener listener) throws InterruptedException {
        List<ConnectionHandle> open = new ArrayList<>();
        for (int i = 0; i < USERS; i++) {
            ConnectionHandle handle = listener.open(PROXY, how -> {});
            handle.forwardedFor(user(i));
            open.add(handle);
        }
        for (int second = 0; second < 4; second++) {
            for (ConnectionHandle handle : open) {
                handle.begin();
                handle.end();
            }
            TimeUnit.MILLISECONDS.sleep(800);
        }
        open.forEach(ConnectionHandle::touch);
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
