/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.internal.meters.MeterSource;
import io.tcpguard.internal.probe.KernelCounter;
import io.tcpguard.internal.probe.TcpCounts;
import io.tcpguard.signal.Cause;
import io.tcpguard.signal.Census;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.signal.TcpState;
import io.tcpguard.state.Admission;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.CheckerStatus;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.GuardStatus;
import io.tcpguard.state.Level;
import io.tcpguard.state.ListenerStatus;
import io.tcpguard.state.RefusalCounters;
import io.tcpguard.state.SignalState;
import io.tcpguard.state.Trend;
import io.tcpguard.state.Verdict;
import io.tcpguard.state.WaitHistogram;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Goes through everything once, over loopback, with a guard of its own, before it matters: a class, a time zone or a
 * logger that is first needed when no descriptor is left can't be loaded any more, for good.
 */
final class IoPreload {
    private static final Logger LOG = LoggerFactory.getLogger(IoThread.class);
    private static final AtomicBoolean DONE = new AtomicBoolean();
    private static final int ROUNDS = 1000;

    private IoPreload() {}

    /** The first time; later calls return at once. Takes some ten milliseconds. */
    static void once() {
        if (!DONE.compareAndSet(false, true)) {
            return;
        }
        // What a log line needs: a time with its zone (tzdb.dat is a file), and the text of an exception with its
        // cause.
        String time = ZonedDateTime.now(ZoneId.systemDefault()).toString();
        new IOException(time, new IOException("")).printStackTrace(new PrintWriter(Writer.nullWriter()));
        try {
            InetAddress loopback = InetAddress.getLoopbackAddress();
            for (Situation situation : Situation.all()) {
                try (IoThread io = IoThread.openCold(config(loopback), situation, System::nanoTime)) {
                    io.checkers().sayNothing();
                    ask(io, loopback);
                    refuse(io, loopback);
                }
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("The guard's answers could not be tried over loopback: the first ones at exhaustion may fail", e);
        }
    }

    private static GuardConfig config(InetAddress loopback) {
        return new GuardConfig(Map.of(
                Setting.HEALTH_ADDRESS, loopback.getHostAddress(),
                Setting.HEALTH_PORT, 0,
                Setting.HEALTH_CONNECTIONS, 1,
                Setting.AGENT_PORT, 0,
                Setting.UDP_PORT, 0));
    }

    private static void ask(IoThread io, InetAddress loopback) throws IOException {
        String state = "X-Haproxy-Server-State: UP; name=b/s; node=n; weight=1/2\r\n";
        // Only one connection has a slot: those that say nothing are pushed out by the next.
        for (String request : List.of(
                "GET / HTTP/1.1\r\n" + state + "\r\n",
                "GET /health HTTP/1.0\r\nAccept: application/json\r\n\r\n",
                "GET /weight HTTP/1.0\r\n\r\n",
                "",
                "GET /details HTTP/1.0\r\n\r\n",
                "GET /details HTTP/1.0\r\nAccept: application/json\r\n\r\n",
                "GET / HTTP/1.0\r\nAccept: text/html\r\n\r\n",
                "GET /history HTTP/1.0\r\n\r\n",
                "GET /advice HTTP/1.0\r\n\r\n",
                "GET /incident HTTP/1.0\r\n\r\n",
                "GET /metrics HTTP/1.0\r\n\r\n",
                "GET /metrics HTTP/1.0\r\nAccept: application/openmetrics-text\r\n\r\n",
                "GET /none HTTP/1.0\r\n\r\n",
                "POST / HTTP/1.0\r\n\r\n",
                "?")) {
            talk(io, new InetSocketAddress(loopback, io.healthPort()), request);
        }
        talk(io, new InetSocketAddress(loopback, io.agentPort()), "");
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.send(new DatagramPacket(new byte[1], 1, loopback, io.udpPort()));
            io.cycle();
        }
    }

    /** One question, and rounds until it is answered or the connection was taken in. */
    private static void talk(IoThread io, InetSocketAddress to, String request) throws IOException {
        try (SocketChannel client = SocketChannel.open(to)) {
            client.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
            client.configureBlocking(false);
            ByteBuffer in = ByteBuffer.allocate(8192);
            io.cycle();
            for (int i = 0; i < ROUNDS && !request.isEmpty() && client.read(in) == 0; i++) {
                // The reading side of a check: the kernel may take a moment to deliver what we wrote to ourselves.
                io.execute(() -> {});
                io.cycle();
            }
        }
        io.execute(() -> {});
        io.cycle();
    }

    private static void refuse(IoThread io, InetAddress loopback) throws IOException {
        io.openRefusals();
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(loopback, 0));
            for (boolean received : List.of(true, false)) {
                for (Admission decision : List.of(Admission.RESPOND, Admission.RESET)) {
                    refuse(io, server, decision, received);
                }
            }
            io.execute(() -> {});
            io.cycle();
        }
    }

    /** One that has received is answered by the thread that accepts, another by the I/O thread. */
    private static void refuse(IoThread io, ServerSocketChannel server, Admission decision, boolean received)
            throws IOException {
        try (SocketChannel client = SocketChannel.open(server.getLocalAddress())) {
            ByteBuffer request = ByteBuffer.wrap("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            if (received) {
                client.write(request);
            }
            if (io.refuse(server.accept(), decision, 1, 1) == Admission.RESPOND && !received) {
                io.cycle();
                client.write(request);
                io.cycle();
            }
        }
        io.execute(() -> {});
        io.cycle();
    }

    /** The kinds of snapshot that answers differ by. */
    private record Situation(GuardSnapshot snapshot, boolean stale) implements GuardView {

        static List<Situation> all() {
            return List.of(
                    new Situation(snapshot(Level.SHED, true), false),
                    new Situation(snapshot(Level.DRAIN, false), false),
                    new Situation(snapshot(Level.NORMAL, true), true));
        }

        @Override
        public boolean mayReset() {
            return snapshot.resetsOnly();
        }

        @Override
        public boolean mayResetForWantOfRoom() {
            return false;
        }

        @Override
        public boolean roomForStrangers() {
            return stale;
        }

        @Override
        public String advice(boolean json) {
            return "";
        }

        @Override
        public String incident(boolean json) {
            return "";
        }

        @Override
        public MeterSource meters() {
            ListenerStatus listener = new ListenerStatus(
                    "one", 1, OptionalLong.of(1), OptionalLong.of(2), Optional.of(Duration.ZERO), 1, Duration.ZERO);
            GuardStatus status = new GuardStatus(
                    Duration.ofMillis(1),
                    Duration.ZERO,
                    Duration.ZERO,
                    1,
                    WaitHistogram.NONE,
                    1,
                    background().trend(),
                    snapshot.verdict(),
                    Optional.of(snapshot.reason()),
                    1,
                    1,
                    new CheckerStatus(1, Optional.of(Duration.ofMillis(1))),
                    List.of(listener));
            return MeterSource.of(snapshot, status, new RefusalCounters());
        }

        @Override
        public String history() {
            return "{}\n";
        }

        @Override
        public AdmissionStatus admission() {
            return new AdmissionStatus(1, 1, 1);
        }

        @Override
        public Diagnostics background() {
            return new Diagnostics(
                    new Trend(stale ? Trend.Kind.LEAK : Trend.Kind.FLOOD, 1, 10),
                    stale ? Census.failed("warming up") : new Census(Map.of(TcpState.ESTABLISHED, 1), false, false, ""),
                    0,
                    new TcpCounts(Map.of(KernelCounter.LISTEN_OVERFLOWS, 0L)),
                    TcpCounts.TimeWaitLoss.NONE,
                    List.of("warming up"));
        }

        private static GuardSnapshot snapshot(Level level, boolean up) {
            return new GuardSnapshot(
                    level,
                    up ? null : Signal.DESCRIPTORS,
                    "warming up",
                    up ? new Capacity(2, 1, 0, 2) : Capacity.UNKNOWN,
                    new Verdict(up, up ? 100 : 0, "warming up"),
                    Admission.ADMIT,
                    !up,
                    List.of(
                            new SignalState("", new Reading.Measured(Signal.DESCRIPTORS, 1, 2), level),
                            new SignalState(
                                    "one",
                                    new Reading.Unavailable(Signal.ACCEPT_QUEUE, Cause.NOTHING_TO_WATCH, ""),
                                    Level.NORMAL)),
                    0);
        }
    }
}
