/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.probe;

/** What memory a connection is reckoned to take, in bytes: rather more than was measured of an idle one. */
public final class ConnectionCost {
    /** Of the heap, where no listener says it: Tomcat without TLS. */
    public static final int HEAP = 32 * 1024;

    /** Of the heap where it is least: Netty. */
    public static final int LEAST_HEAP = 8 * 1024;

    /** Of the kernel's memory, which a container pays, too: twice what was measured. */
    public static final long KERNEL = 16 * 1024;

    /** Not of a connection: of a container beside heap and connections, for classes, code, threads, buffers. */
    public static final long JVM = 64L * 1024 * 1024;

    private ConnectionCost() {}

    /** How many the rest of a container bears, 0 or more. */
    public static long besideHeap(long containerBytes, long maxHeapBytes) {
        return Math.max(0, containerBytes - maxHeapBytes - JVM) / KERNEL;
    }
}
