/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * One who checks.
 *
 * @param address where from
 * @param asks what: a path of the health port, {@code agent} or {@code udp}
 * @param intervalNanos the median of the last gaps between its checks; 0 while there were fewer than three
 * @param lastNanos when it asked last, on the guard's clock
 * @param checks how often it asked
 * @param toldUp what it was told last
 * @param toldWeight and with which weight, 0..100
 * @param haproxyState what it said of itself, if it is an HAProxy that sends its state
 */
public record Checker(
        InetAddress address,
        String asks,
        long intervalNanos,
        long lastNanos,
        long checks,
        boolean toldUp,
        int toldWeight,
        @Nullable HaproxyState haproxyState) {}
