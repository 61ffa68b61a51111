/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * The search of a pipeline for the handler that knows when work begins and ends; by bytes where there is none. Of its
 * event loop.
 */
final class WorkFinder {
    private final ConnectionTracker tracker;
    private @Nullable WorkSource exact;
    private @Nullable ByteWork guess;
    private @Nullable ChannelHandlerContext lastSeen;

    WorkFinder(ConnectionTracker tracker) {
        this.tracker = tracker;
    }

    /** Whether somebody was found who is still there. */
    boolean known() {
        return exact != null && !exact.gone();
    }

    @Nullable WorkSource exact() {
        return exact;
    }

    /**
     * @param own the tracker's
     * @param handedOut whether what was read last is with the application already, and who is found has not seen it
     */
    void look(ChannelHandlerContext own, boolean handedOut) {
        boolean inProgress = false;
        if (exact != null) {
            inProgress = exact.insideRequest();
            exact.settle();
            exact = null;
        }
        ChannelHandlerContext start = Codecs.TLS ? BehindTls.start(own, tracker) : own;
        if (start == null) {
            return;
        }
        WorkSource found = Codecs.find(own.pipeline(), tracker);
        exact = found;
        if (found == null) {
            guessBehind(start);
        } else {
            boolean partial = false;
            if (guess != null) {
                // Of an answer that began meanwhile nobody knows whether it ended.
                inProgress |= handedOut;
                partial = guess.partial() || !guess.working();
                guess.leave();
                guess = null;
            }
            if (inProgress) {
                found.takeOver(partial);
            }
        }
    }

    private void guessBehind(ChannelHandlerContext start) {
        ChannelHandlerContext last = start.pipeline().lastContext();
        if (guess != null && guess.stands(start) && last == lastSeen) {
            return;
        }
        ChannelHandlerContext frames = Frames.lastDecoder(start);
        ChannelHandlerContext behind = frames == null ? start : frames;
        if (guess == null || !guess.standsBehind(behind)) {
            if (guess != null) {
                guess.leave();
            }
            guess = new ByteWork(tracker, start, behind, frames != null);
            behind.pipeline().addAfter(behind.name(), null, guess);
        }
        ChannelHandlerContext end = Frames.decoderAtTheEnd(start);
        if (end != null) {
            end.pipeline().addAfter(end.name(), null, new Lookout(tracker));
        }
        lastSeen = start.pipeline().lastContext();
    }
}
