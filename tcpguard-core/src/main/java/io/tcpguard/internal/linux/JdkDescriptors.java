/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;

/**
 * What the JDK knows about descriptors. Its limit is cheap and live; its count is expensive and fails when none is
 * left.
 */
final class JdkDescriptors {
    /** The count could not be had. */
    static final long UNKNOWN = -1;

    /** The count needed a descriptor, and there was none. */
    static final long NONE_LEFT = -2;

    private final @Nullable UnixOperatingSystemMXBean system;

    private JdkDescriptors(@Nullable UnixOperatingSystemMXBean system) {
        this.system = system;
    }

    static JdkDescriptors open() {
        try {
            return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                    ? new JdkDescriptors(unix)
                    : new JdkDescriptors(null);
        } catch (LinkageError e) {
            // A run-time image without the module jdk.management.
            return new JdkDescriptors(null);
        }
    }

    /** The soft limit now; {@link #UNKNOWN} if it can't be had. */
    long limit() {
        UnixOperatingSystemMXBean unix = system;
        if (unix == null) {
            return UNKNOWN;
        }
        try {
            return Math.max(UNKNOWN, unix.getMaxFileDescriptorCount());
        } catch (RuntimeException | InternalError e) {
            return UNKNOWN;
        }
    }

    /** Opens and lists {@code /proc/self/fd}: most of a microsecond for each descriptor. Never often. */
    long count() {
        UnixOperatingSystemMXBean unix = system;
        if (unix == null) {
            return UNKNOWN;
        }
        try {
            return Math.max(UNKNOWN, unix.getOpenFileDescriptorCount());
        } catch (InternalError e) {
            // Thrown when /proc/self/fd can't be opened; 24 is EMFILE (errno(3)). It speaks no other language.
            String message = e.getMessage();
            return message != null && message.contains("errno: 24 ") ? NONE_LEFT : UNKNOWN;
        } catch (RuntimeException e) {
            return UNKNOWN;
        }
    }
}
