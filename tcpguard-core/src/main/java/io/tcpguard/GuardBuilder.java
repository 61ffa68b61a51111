/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Network;
import io.tcpguard.config.Setting;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/** Collects the settings of a {@link TcpGuard}; each is checked at once. One thread. */
public final class GuardBuilder {
    private final Map<Setting, Object> given = new EnumMap<>(Setting.class);

    GuardBuilder() {}

    /** Serves the verdict on this port; 0: any free one. Default: no health listener. */
    public GuardBuilder healthPort(int port) {
        return set(Setting.HEALTH_PORT, port);
    }

    /** Networks that may see reasons and readings on the health port. Default: loopback. */
    public GuardBuilder healthDetailsTo(String networks) {
        return set(Setting.HEALTH_DETAILS_TO, Network.list(networks));
    }

    /** Networks whose connections are refused last: only when they would take the last descriptors. Default: none. */
    public GuardBuilder allow(String networks) {
        return set(Setting.ALLOW, Network.list(networks));
    }

    /** No connection idle for less is evicted. Default: learned, 10 s until then. */
    public GuardBuilder idleFloor(Duration floor) {
        return set(Setting.IDLE_FLOOR, floor);
    }

    /** Whether a new connection may take the slot of a long-idle connection. Default: true. */
    public GuardBuilder reclaim(boolean reclaim) {
        return set(Setting.RECLAIM, reclaim);
    }

    /** Clients come through a layer-7 proxy: no refusal by reset, no fairness by address. Default: false. */
    public GuardBuilder behindProxy(boolean proxy) {
        return set(Setting.BEHIND_PROXY, proxy);
    }

    /**
     * Any setting by its value.
     *
     * @throws IllegalArgumentException naming setting, value and what is allowed
     */
    public GuardBuilder set(Setting setting, Object value) {
        given.put(setting, setting.check(value));
        return this;
    }

    /**
     * Any setting by name and text, as in {@code server.xml} or a property file.
     *
     * @throws IllegalArgumentException naming setting, value and what is allowed
     */
    public GuardBuilder set(String name, String value) {
        Setting setting = Setting.named(name);
        return set(setting, setting.parse(value));
    }

    /** A guard with these settings, not yet started. */
    public TcpGuard build() {
        return new TcpGuard(new GuardConfig(given));
    }
}
