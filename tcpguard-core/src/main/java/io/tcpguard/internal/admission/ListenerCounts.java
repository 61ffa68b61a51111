/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/** What one listener has accepted, holds and has answered. Any thread. */
public final class ListenerCounts {
    private static final VarHandle COMPLETED;

    static {
        try {
            COMPLETED = MethodHandles.lookup().findVarHandle(ListenerCounts.class, "completed", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** When its connections give their slots back. */
    final SlotRotation turns = new SlotRotation();

    private final LongAdder accepts = new LongAdder();
    private final AtomicInteger held = new AtomicInteger();

    private final AtomicInteger inHand = new AtomicInteger();

    @SuppressWarnings("UnusedVariable") // by its handle
    private long completed;

    /** Of former runs of the guard, as far as their connections are open. Replaced as a whole. */
    private volatile ListenerCounts[] former = {};

    /** Goes on from a former run: what that has open, and those before it, are clients as well, so no leak. */
    public void takeOver(ListenerCounts before) {
        former = Stream.concat(Arrays.stream(before.former), Stream.of(before))
                .filter(each -> each.held() > 0)
                .toArray(ListenerCounts[]::new);
    }

    /** Connections that former runs admitted, and that are open yet. Allocates nothing. */
    public int ofFormerRuns() {
        int open = 0;
        for (ListenerCounts each : former) {
            open += each.held();
        }
        return open;
    }

    /** Connections that the guard was asked about so far. */
    public LongAdder accepts() {
        return accepts;
    }

    /** Admitted connections that are open. */
    public int held() {
        return held.get();
    }

    /** Changes while work on its connections ends; two that end at the same time may count as one. */
    public long completed() {
        return (long) COMPLETED.getOpaque(this);
    }

    /** An acceptor holds one that waits, or waits for a slot to answer it. Each needs one {@link #outOfHand()}. */
    public void takenInHand() {
        inHand.incrementAndGet();
    }

    /** It holds it no more. */
    public void outOfHand() {
        inHand.decrementAndGet();
    }

    /** Connections that are accepted, and neither tracked nor handed to the refusal pool. */
    public int inHand() {
        return inHand.get();
    }

    void opened() {
        held.incrementAndGet();
    }

    void closed() {
        held.decrementAndGet();
    }

    /** At each end of a request: no lock and no barrier, since only whether it moves is asked. */
    void workEnded() {
        COMPLETED.setOpaque(this, (long) COMPLETED.getOpaque(this) + 1);
    }
}
