/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.sampling;

import io.tcpguard.internal.probe.ConnectionCost;
import io.tcpguard.internal.probe.MemoryUse;
import io.tcpguard.state.ConnectionLimits;
import java.util.concurrent.TimeUnit;

/**
 * How many connections memory bears. By a number first: the heap, and what a container has beside it, divided by what
 * an idle connection costs. And by what is left: while memory is exhausted no more than are held, at once a twentieth
 * fewer, and a twentieth more of them every two seconds; but not below three quarters, since what goes on then is not
 * connections' doing. Afterwards it grows again, slowly. Only for the sampler's thread.
 */
public final class MemoryCeiling {
    /** A ceiling by a rough cost must not be below what the usual limit of descriptors allows anyway. */
    static final long LEAST = 1004;

    /** Fewer connections than that are not what memory is full of. */
    private static final long FEW = 128;

    private static final long LOWER_EVERY = TimeUnit.SECONDS.toNanos(2);
    private static final long RAISE_EVERY = TimeUnit.SECONDS.toNanos(10);
    private static final int STEP_PART = 20;

    private final long maxHeap;
    private final MemoryUse container;
    private boolean pressed;
    private long onset;
    private long most = ConnectionLimits.NONE;
    private long changedAt;
    private long exhaustedAt;

    /** @param maxHeap in bytes */
    MemoryCeiling(long maxHeap, MemoryUse container) {
        this.maxHeap = maxHeap;
        this.container = container;
    }

    /** By what connections cost; {@link ConnectionLimits#NONE} where nothing is limited. */
    private long byCost(int heapEach) {
        long whole = container.maxBytes();
        long beside = whole == Long.MAX_VALUE ? ConnectionLimits.NONE : ConnectionCost.besideHeap(whole, maxHeap);
        long least = Math.min(each(maxHeap, heapEach > 0 ? heapEach : ConnectionCost.HEAP), beside);
        return least == ConnectionLimits.NONE ? least : Math.max(LEAST, least);
    }

    private static long each(long bytes, long cost) {
        return bytes == Long.MAX_VALUE ? ConnectionLimits.NONE : bytes / cost;
    }

    /**
     * How many of those connections count that accept without asking the guard: all, up to half of what the process may
     * hold. None of them can be evicted, so the other half stays for listeners that ask.
     */
    long counted(long unasked, long operator, int heapEach) {
        long most = operator == ConnectionLimits.NONE ? byCost(heapEach) : operator;
        return Math.min(unasked, most / 2);
    }

    /**
     * As many as may be held, or {@link ConnectionLimits#NONE}.
     *
     * @param held now by listeners that ask
     * @param others that are {@linkplain #counted counted}
     * @param operator as many as an operator allows, instead of what connections are thought to cost; else none
     * @param heapEach what one costs of the heap; 0 if nobody says it
     * @param exhausted whether nothing more may be taken of one kind of memory
     */
    long connections(long held, long others, long operator, int heapEach, boolean exhausted, long now) {
        long byCost = operator == ConnectionLimits.NONE ? byCost(heapEach) : ConnectionLimits.NONE;
        if (exhausted) {
            lower(held, byCost - others, now);
        } else {
            raise(Math.min(byCost, operator) - others, now);
        }
        return most == ConnectionLimits.NONE ? byCost : Math.min(most + others, byCost);
    }

    private void lower(long held, long byCost, long now) {
        exhaustedAt = now;
        if (!pressed) {
            pressed = true;
            onset = Math.max(FEW, Math.min(held, Math.min(byCost, most)));
            most = onset - onset / STEP_PART;
            changedAt = now;
        } else if (now - changedAt >= LOWER_EVERY) {
            most = Math.max(Math.max(FEW, onset * 3 / 4), most - Math.max(1, onset / STEP_PART));
            changedAt = now;
        }
    }

    private void raise(long bound, long now) {
        if (pressed && now - exhaustedAt < RAISE_EVERY) {
            return; // Each collection frees some for a moment: that is no end, and what follows is no new onset.
        }
        pressed = false;
        if (most != ConnectionLimits.NONE && now - changedAt >= RAISE_EVERY) {
            most += Math.max(1, most / STEP_PART);
            changedAt = now;
        }
        if (most >= bound || most > Integer.MAX_VALUE) {
            most = ConnectionLimits.NONE;
        }
    }
}
