/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.sampling;

import io.tcpguard.internal.probe.ConnectionCost;
import java.util.concurrent.TimeUnit;

/**
 * How many connections may come in before memory is looked at again. What is left of the heap is known after a
 * collection, and a small heap can be full before the first one that tells: 64 MiB by 700 clients in a second. So
 * connections become more at once by as many as the heap is sure to bear, and beyond that by a quarter of what it bears
 * in all a second; nobody is refused for it. Only for the sampler's thread.
 */
final class HeapGrowth {
    /** A connection whose request is being read takes twice what is reckoned for one that is idle. */
    private static final int BUSY = 2;

    private static final double A_SECOND = 0.25;
    private static final double BURST_SECONDS = 0.25;

    /** What is asked of the heap. */
    interface Heap {
        /** Bytes in use now, garbage too. */
        long inUseBytes();

        /** Bytes that the last collection could not free; negative: not known yet. */
        long leftBytes();

        /** Bytes of either kind from which on it is not known whether there is room. */
        long admissionThreshold();

        /** Collections so far that tell what is left. */
        long collections();
    }

    private final Heap heap;
    private long heldThen;
    private long collectionThen;
    private long lastHeld;
    private double credit;
    private long lastAt;
    private boolean began;

    HeapGrowth(Heap heap) {
        this.heap = heap;
    }

    /**
     * Up to how many connections may come in until the next call.
     *
     * @param held now
     * @param heapEach what an idle one costs; 0 if nobody says it
     */
    long atOnce(long held, int heapEach, long now) {
        long each = (long) BUSY * (heapEach > 0 ? heapEach : ConnectionCost.HEAP);
        if (!began || collectionThen != heap.collections()) {
            collectionThen = heap.collections();
            heldThen = held;
        }
        long point = heap.admissionThreshold();
        earn(held, (double) point / each, now);
        // All that is in use counts, or what was left, with those who came since.
        long free = point - heap.inUseBytes();
        long left = heap.leftBytes() < 0 ? 0 : point - heap.leftBytes() - (held - heldThen) * each;
        return held + Math.max((long) credit, Math.max(free, left) / each);
    }

    private void earn(long held, double borne, long now) {
        double seconds = began ? (double) (now - lastAt) / TimeUnit.SECONDS.toNanos(1) : BURST_SECONDS;
        double most = Math.max(1, borne * A_SECOND * BURST_SECONDS);
        credit = Math.max(0, credit - Math.max(0, held - lastHeld)) + Math.max(0, seconds) * borne * A_SECOND;
        credit = Math.min(most, credit);
        began = true;
        lastHeld = held;
        lastAt = now;
    }
}
