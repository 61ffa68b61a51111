/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.signal.Cause;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AcceptQueueProbeTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int LISTEN = 10;
    private static final int ESTABLISHED = 1;

    private final FakeProc proc;
    private final FakeSockets sockets = new FakeSockets();
    private final FixedDescriptors descriptors = new FixedDescriptors(10, 100);
    private long costNanos;
    private long clockNanos;

    AcceptQueueProbeTest(@TempDir Path directory) {
        this.proc = FakeProc.complete(directory);
    }

    @Test
    void reportsDepthAboveTheLimitWhenTheQueueIsFull() {
        open(5, new FakeSocket(8080, LISTEN, 51, 50));

        assertThat(probe(8080).read(0)).isEqualTo(queue(51, 50));
    }

    @Test
    void keepsTheSameReadingWhileTheQueueStaysAsItIs() {
        open(5, new FakeSocket(8080, LISTEN, 1, 50));
        AcceptQueueProbe probe = probe(8080);

        assertThat(probe.read(1)).isSameAs(probe.read(0));
    }

    @Test
    void takesNeitherAConnectionNorAnotherPortNorAFileForTheListener() {
        open(3, null);
        open(4, new FakeSocket(8080, ESTABLISHED, 7, 7));
        open(5, new FakeSocket(9090, LISTEN, 9, 50));
        open(6, new FakeSocket(8080, LISTEN, 2, 50));

        assertThat(probe(8080).read(0)).isEqualTo(queue(2, 50));
    }

    @Test
    void takesTheFullestOfSeveralListenersOnThePort() {
        open(4, new FakeSocket(8080, LISTEN, 20, 4096));
        open(5, new FakeSocket(8080, LISTEN, 10, 50));
        open(6, new FakeSocket(8080, LISTEN, 2, 50));

        assertThat(probe(8080).read(0)).isEqualTo(queue(10, 50));
    }

    @Test
    void findsAListenerThatIsBoundLater() {
        AcceptQueueProbe probe = probe(8080);
        assertThat(causeOf(probe.read(0))).isEqualTo(Cause.NOTHING_TO_WATCH);

        open(5, new FakeSocket(8080, LISTEN, 1, 50));

        assertThat(causeOf(probe.read(SECOND - 1))).isEqualTo(Cause.NOTHING_TO_WATCH);
        assertThat(probe.read(SECOND)).isEqualTo(queue(1, 50));
    }

    /** The kernel gives a number away as soon as it is free; the new socket may even listen, on the same port. */
    @Test
    void noticesThatAnotherSocketHasTheNumberNow() {
        open(5, new FakeSocket(8080, LISTEN, 1, 50));
        AcceptQueueProbe probe = probe(8080);
        assertThat(probe.read(0)).isEqualTo(queue(1, 50));

        open(5, new FakeSocket(9090, LISTEN, 33, 50));
        open(7, new FakeSocket(8080, LISTEN, 2, 50));

        assertThat(probe.read(2 * SECOND)).isEqualTo(queue(2, 50));
    }

    @Test
    void noticesThatTheListenerWasClosed() {
        open(5, new FakeSocket(8080, LISTEN, 1, 50));
        AcceptQueueProbe probe = probe(8080);
        probe.read(0);

        close(5);

        assertThat(causeOf(probe.read(2 * SECOND))).isEqualTo(Cause.NOTHING_TO_WATCH);
    }

    @Test
    void staysAtOnceSilentAboutAStaleNumberEvenWhenItMayNotLookAgainYet() {
        open(5, new FakeSocket(8080, LISTEN, 1, 50));
        AcceptQueueProbe probe = probe(8080);
        probe.read(0);

        open(5, new FakeSocket(9090, LISTEN, 33, 50));

        assertThat(causeOf(probe.read(1))).isEqualTo(Cause.NOTHING_TO_WATCH);
    }

    @Test
    void keepsWatchingTheOthersWhenOneOfSeveralIsClosed() {
        open(4, new FakeSocket(8080, LISTEN, 1, 50));
        open(5, new FakeSocket(8080, LISTEN, 9, 50));
        AcceptQueueProbe probe = probe(8080);
        probe.read(0);

        close(5);

        assertThat(probe.read(1)).isEqualTo(queue(1, 50));
        assertThat(probe.read(2 * SECOND)).isEqualTo(queue(1, 50));
    }

    @Test
    void searchesLessOftenWhenASearchIsDear() {
        costNanos = 50_000_000;
        AcceptQueueProbe probe = probe(8080);
        probe.read(0);
        long searches = sockets.searches;
        open(5, new FakeSocket(8080, LISTEN, 1, 50));

        assertThat(causeOf(probe.read(4 * SECOND))).isEqualTo(Cause.NOTHING_TO_WATCH);
        assertThat(sockets.searches).isEqualTo(searches);
        assertThat(probe.read(10 * SECOND)).isEqualTo(queue(1, 50));
    }

    @Test
    void saysOutOfDescriptorsWhenItCannotSearchForWantOfOne() {
        AcceptQueueProbe probe =
                new AcceptQueueProbe(sockets, proc.file("nowhere"), 8080, new FixedDescriptors(100, 100), () -> 0);

        assertThat(causeOf(probe.read(0))).isEqualTo(Cause.OUT_OF_DESCRIPTORS);
        assertThat(probe.read(0).pressure()).isEqualTo(1);
    }

    @Test
    void saysNotReadableWhenItCannotSearchForAnotherReason() {
        AcceptQueueProbe probe = new AcceptQueueProbe(sockets, proc.file("nowhere"), 8080, descriptors, () -> 0);

        assertThat(causeOf(probe.read(0))).isEqualTo(Cause.NOT_READABLE);
    }

    @Test
    void countsABacklogOfNoneAsOne() {
        open(5, new FakeSocket(8080, LISTEN, 1, 0));

        assertThat(probe(8080).read(0)).isEqualTo(queue(1, 1));
    }

    private AcceptQueueProbe probe(int port) {
        return new AcceptQueueProbe(sockets, proc.file("self/fd"), port, descriptors, () -> clockNanos += costNanos);
    }

    private void open(int descriptor, @Nullable FakeSocket socket) {
        proc.with("self/fd/" + descriptor, "");
        if (socket == null) {
            sockets.open.remove(descriptor);
        } else {
            sockets.open.put(descriptor, socket);
        }
    }

    private void close(int descriptor) {
        proc.without("self/fd/" + descriptor);
        sockets.open.remove(descriptor);
    }

    private static Reading queue(long depth, long limit) {
        return new Reading.Measured(Signal.ACCEPT_QUEUE, depth, limit);
    }

    private static Cause causeOf(Reading reading) {
        assertThat(reading).isInstanceOf(Reading.Unavailable.class);
        return ((Reading.Unavailable) reading).cause();
    }

    /** What {@code TCP_INFO} says of a socket; each has a cookie of its own. */
    private record FakeSocket(int port, int state, int unacked, int sacked, long cookie) {
        private static long cookies;

        FakeSocket(int port, int state, int unacked, int sacked) {
            this(port, state, unacked, sacked, ++cookies);
        }
    }

    private static final class FakeSockets implements SocketCalls {
        final Map<Integer, FakeSocket> open = new HashMap<>();
        long searches;

        @Override
        public @Nullable SocketHandle handle(int descriptor) {
            searches++;
            return open.containsKey(descriptor) ? new FakeHandle(descriptor) : null;
        }

        private final class FakeHandle implements SocketHandle {
            private final int descriptor;

            FakeHandle(int descriptor) {
                this.descriptor = descriptor;
            }

            @Override
            public Option option(int level, int name, int bytes) {
                return new FakeOption(descriptor, level, name, bytes);
            }

            @Override
            public int localPort() {
                FakeSocket socket = open.get(descriptor);
                return socket == null ? -1 : socket.port();
            }
        }

        private final class FakeOption implements Option {
            private final int descriptor;
            private final int level;
            private final int name;
            private final ByteBuffer value;

            FakeOption(int descriptor, int level, int name, int bytes) {
                this.descriptor = descriptor;
                this.level = level;
                this.name = name;
                this.value = ByteBuffer.allocate(bytes);
            }

            @Override
            public boolean read() {
                FakeSocket socket = open.get(descriptor);
                if (socket == null) {
                    return false;
                }
                if (level == 6 && name == 11) {
                    value.put(0, (byte) socket.state())
                            .putInt(24, socket.unacked())
                            .putInt(28, socket.sacked());
                    return true;
                }
                value.putLong(0, socket.cookie());
                return level == 1 && name == 57;
            }

            @Override
            public ByteBuffer value() {
                return value;
            }
        }
    }
}
