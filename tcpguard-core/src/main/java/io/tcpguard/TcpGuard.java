package io.tcpguard;

import io.tcpguard.admission.GuardedListener;
import io.tcpguard.admission.ListenerControl;
import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Network;
import io.tcpguard.config.Setting;
import io.tcpguard.state.Admission;
import io.tcpguard.state.GuardListener;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Shed;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Executor;

/**
 * Watches the process's own descriptors, accept queues and TIME_WAIT, refuses or replaces connections at the limit, and tells
 * the load balancer in time.
 *
 * <p>All methods are safe from any thread. None throws because the machine is in trouble.
 */
public final class TcpGuard implements AutoCloseable {

    private final GuardConfig config;

    private TcpGuard(GuardConfig config) {
        this.config = config;
    }

    /** A guard with the defaults, to be changed. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Opens what the guard needs, takes the first sample and starts its two threads ("tcpguard-sampler", "tcpguard-io", both
     * daemons). Does nothing if already started.
     *
     * @return this
     * @throws IllegalStateException if the health port can't be bound, or the guard was closed
     */
    public TcpGuard start() {
        throw new UnsupportedOperationException("being built");
    }

    /** The newest snapshot: one volatile read. Before {@link #start}: NORMAL, nothing known. */
    public GuardSnapshot snapshot() {
        throw new UnsupportedOperationException("being built");
    }

    /**
     * Whether a new connection or request may come in, by the newest snapshot: one volatile read, no lock, no allocation. Admits
     * while the snapshot is stale (the sampler late by more than 10 periods), before start and after close.
     */
    public Admission admit() {
        throw new UnsupportedOperationException("being built");
    }

    /**
     * Whether a request on an admitted connection may be worked on: refused ({@link Admission#RESPOND}) only while work waits too long for a
     * thread. As cheap as {@link #admit()}.
     */
    public Admission admitRequest() {
        throw new UnsupportedOperationException("being built");
    }

    /** Fails health on purpose until {@link #resume()}, whatever the signals say; connections are served on. */
    public void drain(String reason) {
        throw new UnsupportedOperationException("being built " + reason);
    }

    /** Ends what {@link #drain} began; health is up again at once, by the ramp, unless the signals say otherwise. */
    public void resume() {
        throw new UnsupportedOperationException("being built");
    }

    /**
     * Puts a listening socket under guard. From now on health speaks about it too: down while {@code control} says that it does not
     * accept.
     *
     * @param name for people, such as {@code http-nio-8080}
     * @param port the local port, once known; its accept queue is looked up by it
     */
    public GuardedListener listen(String name, int port, ListenerControl control) {
        throw new UnsupportedOperationException("being built " + name + port + control);
    }

    /**
     * Watches how long work waits in an executor: a canary goes through it, never more than one at a time.
     *
     * @return ends the watch
     */
    public AutoCloseable watchWork(String name, Executor executor) {
        throw new UnsupportedOperationException("being built " + name + executor);
    }

    /** Tells this listener of every transition from now on. */
    public void onTransition(GuardListener listener) {
        throw new UnsupportedOperationException("being built " + listener);
    }

    /** What was refused and evicted since the start. */
    public Shed shed() {
        throw new UnsupportedOperationException("being built");
    }

    /** The port that the health listener is bound to; -1 if there is none or the guard does not run. */
    public int healthPort() {
        throw new UnsupportedOperationException("being built");
    }

    /** The settings in force. */
    public GuardConfig config() {
        return config;
    }

    /** Ends both threads, closes all that was opened, and admits everything from now on. Waits for the threads; never throws. */
    @Override
    public void close() {}

    /** Collects settings; each is checked at once. */
    public static final class Builder {
        private final Map<Setting, Object> given = new EnumMap<>(Setting.class);

        private Builder() {}

        /** Serves the verdict on this port; 0: any free one. Default: no health listener. */
        public Builder healthPort(int port) {
            return set(Setting.HEALTH_PORT, port);
        }

        /** Networks that may see reasons and readings on the health port. Default: loopback. */
        public Builder healthDetailsTo(String networks) {
            return set(Setting.HEALTH_DETAILS_TO, Network.list(networks));
        }

        /** Networks whose connections are never refused. Default: none. */
        public Builder allow(String networks) {
            return set(Setting.ALLOW, Network.list(networks));
        }

        /** No connection idle for less is evicted. Default: learned, 10 s until then. */
        public Builder idleFloor(Duration floor) {
            return set(Setting.IDLE_FLOOR, floor);
        }

        /** Whether a newcomer may take the place of a long-idle connection. Default: true. */
        public Builder reclaim(boolean reclaim) {
            return set(Setting.RECLAIM, reclaim);
        }

        /** Clients come through a layer-7 proxy: refuse by 503 only, no fairness by address. Default: false. */
        public Builder behindProxy(boolean proxy) {
            return set(Setting.BEHIND_PROXY, proxy);
        }

        /**
         * Any setting by its value.
         *
         * @throws IllegalArgumentException naming setting, value and what is allowed
         */
        public Builder set(Setting setting, Object value) {
            given.put(setting, setting.check(value));
            return this;
        }

        /**
         * Any setting by name and text, as in {@code server.xml} or a property file.
         *
         * @throws IllegalArgumentException naming setting, value and what is allowed
         */
        public Builder set(String name, String value) {
            Setting setting = Setting.named(name);
            given.put(setting, setting.parse(value));
            return this;
        }

        /** A guard with these settings, not yet started. */
        public TcpGuard build() {
            return new TcpGuard(new GuardConfig(given));
        }
    }
}
