/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.jmx;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A guard by JMX, where {@link io.tcpguard.config.Setting#JMX_DOMAIN} says so. Attributes tell of the newest sample and
 * cost a few volatile reads; null: not known.
 */
public interface TcpGuardMXBean {
    /** NORMAL, ELEVATED, SHED or DRAIN. */
    String getLevel();

    /** Why, with the figures of the last second. */
    String getReason();

    /** Whether load balancers are told that the server is up. */
    boolean isUp();

    /** The weight that they are told, 0 to 100; 0 exactly when down. */
    int getWeight();

    /** Why they are told so. */
    String getVerdictReason();

    /** Whether an operator drains. */
    boolean isDraining();

    /** Why an operator drains; null if none does. */
    @Nullable String getDrainReason();

    /** Whether level, reason and verdict are those of a rehearsal. */
    boolean isRehearsal();

    /** The soft limit of descriptors. */
    @Nullable Long getDescriptorLimit();

    /** Descriptors open now. */
    @Nullable Long getDescriptorsUsed();

    /** Those that are neither connections nor come with them. */
    @Nullable Long getDescriptorsOther();

    /** The share of the limit that is usable for clients, 0 to 1; 1 if nothing is known. */
    double getUsableShare();

    /** Whether descriptors grow, by what, and how long they last at this pace; empty when calm. */
    String getTrend();

    /** Connections of guarded listeners. */
    long getConnections();

    /** How many connections there are slots for. */
    @Nullable Long getSlots();

    /** What limits them: DESCRIPTORS, MAX_CONNECTIONS, MEMORY or OPERATOR. */
    @Nullable String getBindingLimit();

    /** Connections in the accept queues of guarded listeners. */
    @Nullable Long getQueueLength();

    /** Open connections by listener. */
    Map<String, Long> getListenerConnections();

    /** Connections in the accept queue by listener; those whose queue can't be read are left out. */
    Map<String, Long> getListenerQueueLengths();

    /** Connections refused after accept, since the guard was built. */
    long getRefusedConnections();

    /** Requests refused on admitted connections. */
    long getRefusedRequests();

    /** Idle connections that gave their slot to a new one. */
    long getEvictedConnections();

    /** Connections that had to wait for a slot. */
    long getWaited();

    /** All refusals and evictions that are not 0, by layer, way and cause: {@code accept/reset/connections}. */
    Map<String, Long> getShed();

    /** Changes of level. */
    long getLevelChanges();

    /** Changes of health between up and down. */
    long getHealthChanges();

    /** How many ask for the verdict regularly. */
    int getCheckers();

    /** Seconds since anybody asked for the verdict; null if nobody has. */
    @Nullable Double getSecondsSinceLastCheck();

    /** Age of the newest sample in seconds; grows when the sampler is late. */
    double getSampleAgeSeconds();

    /** What happened, in words: the episode that goes on, else the last one; empty if there was none. */
    String incident();

    /**
     * Fails health until {@link #resume()}, whatever the signals say; connections are served on.
     *
     * @param reason for people, a line
     */
    void drain(String reason);

    /** Ends what {@link #drain} began. */
    void resume();

    /**
     * Plays trouble, as {@code TcpGuard.rehearse} does.
     *
     * @param signal name of a {@link io.tcpguard.signal.Signal}
     * @param pressure used by limit
     * @param seconds how long
     * @throws IllegalArgumentException if one of them is out of range
     * @throws IllegalStateException if it can't be begun now; the message says why
     */
    void rehearse(String signal, double pressure, long seconds);

    /** Ends a rehearsal before its time. */
    void endRehearsal();

    /**
     * Forgets what is remembered of a source and of the networks around it.
     *
     * @param address IPv4 or IPv6, in figures
     * @return whether anything was remembered
     * @throws IllegalArgumentException if it is no address
     */
    boolean forgetSource(String address);
}
