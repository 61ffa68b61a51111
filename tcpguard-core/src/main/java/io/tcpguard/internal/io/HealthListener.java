/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Network;
import io.tcpguard.config.Setting;
import io.tcpguard.internal.probe.NanoClock;
import io.tcpguard.spi.RateLimitedLog;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ports of the verdict and the few connections on them. Between them they own one descriptor at least, spare or
 * in use, so that a check is answered when the process has none left.
 */
final class HealthListener implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(IoThread.class);

    /** Accepts in a row; then it is the others' turn. */
    private static final int ACCEPTS = 64;

    /** Connections beyond these take none of the last descriptors: two directors may check at a time. */
    private static final int ALWAYS = 2;

    /** With a single descriptor for all, a connection is not pushed out before its request had the time to arrive. */
    private static final long TO_SEND_A_REQUEST = TimeUnit.MILLISECONDS.toNanos(5);

    /** Bytes that a connection and its answer may take. */
    private static final int FOR_ONE = 16 * 1024;

    private static final long SPARE_RETRY = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long CLOSED_PERIOD = TimeUnit.MILLISECONDS.toNanos(100);

    private final Poller poller;
    private final IoThread.View view;
    private final NanoClock clock;
    private final Checkers checkers;
    private final IntSupplier deskSize;
    private final RateLimitedLog trouble;
    private final List<Network> detailsTo;
    private final long timeout;
    private final boolean closeWhenDown;
    private final List<ListeningPort> ports = new ArrayList<>(2);
    private final HealthConnection[] places;
    /** Two: if another thread is faster than accept when one is given up, there is one more. */
    private final SpareDescriptor[] spares;
    /** Stands for the listening socket while that is closed. */
    private final SpareDescriptor forReopening = new SpareDescriptor(true);

    private final ByteBuffer scratch = ByteBuffer.allocateDirect(8192);
    private @Nullable ListeningPort health;
    private @Nullable ListeningPort agent;
    private byte @Nullable [] trial;
    private long spareTried;
    private long closedLooked;
    private boolean descriptorCameBack;
    private boolean saidThatReopeningFails;

    HealthListener(
            GuardConfig config,
            Poller poller,
            IoThread.View view,
            NanoClock clock,
            Checkers checkers,
            IntSupplier deskSize,
            RateLimitedLog trouble,
            boolean spares) {
        this.spares = new SpareDescriptor[] {new SpareDescriptor(spares), new SpareDescriptor(spares)};
        this.poller = poller;
        this.view = view;
        this.clock = clock;
        this.checkers = checkers;
        this.deskSize = deskSize;
        this.trouble = trouble;
        detailsTo = config.networks(Setting.HEALTH_DETAILS_TO);
        timeout = config.nanos(Setting.HEALTH_TIMEOUT);
        closeWhenDown = config.flag(Setting.CLOSE_HEALTH_WHEN_DOWN);
        places = new HealthConnection[config.integer(Setting.HEALTH_CONNECTIONS)];
        for (int i = 0; i < places.length; i++) {
            places[i] = new HealthConnection(this);
        }
        health = open(config, Setting.HEALTH_PORT, false);
        agent = open(config, Setting.AGENT_PORT, true);
        if (!ports.isEmpty()) {
            takeSpares();
        }
    }

    private @Nullable ListeningPort open(GuardConfig config, Setting setting, boolean forAgent) {
        int number = config.integer(setting);
        if (number < 0) {
            return null;
        }
        InetSocketAddress address = ListeningPort.address(config.text(Setting.HEALTH_ADDRESS), number);
        ListeningPort port = new ListeningPort(poller, address, forAgent);
        try {
            port.open();
        } catch (IOException e) {
            close();
            throw ListeningPort.cannotBind(setting, address, e);
        }
        ports.add(port);
        return port;
    }

    /** The port; -1: none. */
    int healthPort() {
        return health == null ? -1 : health.port();
    }

    int agentPort() {
        return agent == null ? -1 : agent.port();
    }

    /** Does all that is due: accepts, expires, closes or opens the port. */
    void work(long now) throws IOException {
        for (int i = 0; i < ports.size(); i++) {
            ListeningPort port = ports.get(i);
            port.resumeWhenDue(now);
            if (port.takePending()) {
                accept(port, now);
            }
        }
        for (HealthConnection place : places) {
            place.expire(now);
        }
        followTheVerdict(now);
    }

    /** To be called after a flush. */
    void flushed(long now) {
        // At once when a place has just given its descriptor back, before another thread takes it.
        if (!ports.isEmpty() && lacking() != null && (descriptorCameBack || now - spareTried >= SPARE_RETRY)) {
            spareTried = now;
            takeSpares();
        }
        descriptorCameBack = false;
    }

    /** Nanoseconds until something is due; {@link Long#MAX_VALUE}: nothing is. */
    long untilNext(long now) {
        long next = Long.MAX_VALUE;
        for (int i = 0; i < ports.size(); i++) {
            next = Math.min(next, ports.get(i).left(now));
        }
        for (HealthConnection place : places) {
            next = Math.min(next, place.left(now));
        }
        if (closeWhenDown && health != null) {
            next = Math.min(next, CLOSED_PERIOD - (now - closedLooked));
        }
        if (!ports.isEmpty() && lacking() != null) {
            next = Math.min(next, SPARE_RETRY - (now - spareTried));
        }
        return next;
    }

    private void accept(ListeningPort port, long now) throws IOException {
        for (int i = 0; i < ACCEPTS; i++) {
            SocketChannel channel = acceptOne(port, now);
            if (channel == null) {
                return;
            }
            HealthConnection place;
            try {
                place = place(channel);
            } catch (IOException | RuntimeException e) {
                Quietly.close(channel);
                throw e;
            }
            try {
                place.begin(channel, port.agent(), now);
            } catch (IOException e) {
                place.broken();
            } catch (RuntimeException | Error e) {
                place.broken();
                trouble.warn(IoThread.CHANNEL_FAILED, e, now);
            }
        }
    }

    private @Nullable SocketChannel acceptOne(ListeningPort port, long now) throws IOException {
        if (!memoryForOne()) {
            port.pause(now);
            return null;
        }
        try {
            return port.accept();
        } catch (IOException e) {
            // EMFILE or ENFILE. The kernel takes a descriptor before it looks whether anybody waits (net/socket.c,
            // __sys_accept4_file), so this may be about nobody.
            if (!port.somebodyWaits()) {
                return null;
            }
        }
        // One of our own must do. Another thread may be faster than this one; then the next.
        while (giveOneUp(now)) {
            try {
                return port.accept();
            } catch (IOException e) {
                spareTried = now;
            }
        }
        port.pause(now);
        return null;
    }

    /** Out of memory in the middle of accept, a client would hang; outside it waits in the kernel's queue. */
    private boolean memoryForOne() {
        try {
            trial = new byte[FOR_ONE];
            boolean there = trial != null;
            trial = null;
            return there;
        } catch (OutOfMemoryError e) {
            return false;
        }
    }

    private void takeSpares() {
        for (SpareDescriptor spare : spares) {
            spare.take();
        }
    }

    private @Nullable SpareDescriptor lacking() {
        for (SpareDescriptor spare : spares) {
            if (!spare.held()) {
                return spare;
            }
        }
        return null;
    }

    private boolean giveOneUp(long now) throws IOException {
        for (SpareDescriptor spare : spares) {
            if (spare.release()) {
                spareTried = now;
                return true;
            }
        }
        HealthConnection victim = victim(null, now);
        if (victim == null || !(victim.answered() || victim.age(now) >= TO_SEND_A_REQUEST)) {
            return false;
        }
        victim.end();
        poller.flush();
        return true;
    }

    private HealthConnection place(SocketChannel newcomer) throws IOException {
        HealthConnection free = freePlace();
        if (free != null) {
            return free;
        }
        InetAddress peer = newcomer.getRemoteAddress() instanceof InetSocketAddress a ? a.getAddress() : null;
        HealthConnection victim = victim(peer, clock.nanoTime());
        if (victim == null) {
            victim = places[0];
        }
        victim.end();
        poller.flush();
        return victim;
    }

    private @Nullable HealthConnection freePlace() {
        HealthConnection free = null;
        int used = 0;
        for (HealthConnection place : places) {
            if (place.free()) {
                free = place;
            } else {
                used++;
            }
        }
        return used < ALWAYS || view.roomForStrangers() ? free : null;
    }

    /**
     * Who gives way: one that has its answer, else one of the peer that holds most (the new connection counts); the
     * oldest of them. So a stranger pushes out himself before he pushes out a check.
     */
    private @Nullable HealthConnection victim(@Nullable InetAddress newcomer, long now) {
        HealthConnection victim = null;
        int most = 0;
        for (HealthConnection place : places) {
            if (!place.free()) {
                int rank = place.answered() ? Integer.MAX_VALUE : held(place.peer(), newcomer);
                if (victim == null || rank > most || (rank == most && place.age(now) > victim.age(now))) {
                    victim = place;
                    most = rank;
                }
            }
        }
        return victim;
    }

    private int held(@Nullable InetAddress peer, @Nullable InetAddress newcomer) {
        int count = peer != null && peer.equals(newcomer) ? 1 : 0;
        for (HealthConnection place : places) {
            InetAddress other = place.peer();
            if (other != null && other.equals(peer)) {
                count++;
            }
        }
        return count;
    }

    private void followTheVerdict(long now) throws IOException {
        ListeningPort port = health;
        if (!closeWhenDown || port == null || now - closedLooked < CLOSED_PERIOD) {
            return;
        }
        closedLooked = now;
        boolean up = Statement.of(view).up();
        if (!up && port.isOpen()) {
            port.close();
            poller.flush();
            forReopening.take();
        } else if (up && !port.isOpen()) {
            forReopening.release();
            try {
                port.open();
                saidThatReopeningFails = false;
            } catch (IOException e) {
                forReopening.take();
                if (!saidThatReopeningFails) {
                    saidThatReopeningFails = true;
                    LOG.warn("Health is up again but its port {} can't be opened; retrying", port.port(), e);
                }
            }
        }
    }

    byte[] answer(HttpRequest request, InetAddress peer, long now) {
        if (request.error() != 0) {
            return HealthAnswer.error(request, request.error());
        }
        boolean details = Network.anyContains(detailsTo, peer);
        switch (request.path()) {
            case "/", "/health", "/healthz", "/ready", "/readyz" -> {
                return HealthAnswer.verdict(request, told(request, peer, now), details);
            }
            case "/weight" -> {
                return HealthAnswer.weight(request, told(request, peer, now));
            }
            case "/details" -> {
                return details
                        ? HealthAnswer.details(
                                request,
                                Statement.of(view),
                                new Details(
                                        view.snapshot(),
                                        view.places(),
                                        view.background(),
                                        checkers.all(),
                                        deskSize.getAsInt(),
                                        clock.nanoTime()))
                        : HealthAnswer.error(request, 403);
            }
            case "/advice" -> {
                return details
                        ? HealthAnswer.report(request, view.advice(request.json()))
                        : HealthAnswer.error(request, 403);
            }
            case "/incident" -> {
                return details
                        ? HealthAnswer.report(request, view.incident(request.json()))
                        : HealthAnswer.error(request, 403);
            }
            default -> {
                return HealthAnswer.error(request, 404);
            }
        }
    }

    byte[] agentAnswer(InetAddress peer, long now) {
        Statement s = Statement.of(view);
        checkers.checked(peer, "agent", s.up(), s.weight(), null, now);
        return HealthAnswer.agentLine(s, Network.anyContains(detailsTo, peer));
    }

    private Statement told(HttpRequest request, InetAddress peer, long now) {
        Statement s = Statement.of(view);
        checkers.checked(peer, request.path(), s.up(), s.weight(), HaproxyState.parse(request.haproxy()), now);
        if (request.byDirector()) {
            checkers.countsConnections(peer, request.path());
        }
        return s;
    }

    /** Closes a connection of a place. */
    void giveBack(SocketChannel channel) {
        SpareDescriptor spare = lacking();
        if (spare != null) {
            spare.keep(channel, poller);
        } else {
            poller.close(channel);
        }
        descriptorCameBack = true;
    }

    Poller poller() {
        return poller;
    }

    IoThread.View view() {
        return view;
    }

    ByteBuffer scratch() {
        return scratch;
    }

    long timeout() {
        return timeout;
    }

    @Override
    public void close() {
        for (ListeningPort port : ports) {
            port.close();
        }
        for (HealthConnection place : places) {
            place.end();
        }
        for (SpareDescriptor spare : spares) {
            spare.close();
        }
        forReopening.close();
    }
}
