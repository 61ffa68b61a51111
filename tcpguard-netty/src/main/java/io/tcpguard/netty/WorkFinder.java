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

    /** Requests come in as messages, and answers go out as bytes: the application encodes them by itself. */
    private boolean halfHttp;

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
     * Whatever goes wrong in here is looked for again with what comes next; the client does not pay for it.
     *
     * @param own the tracker's
     * @param handedOut whether what was read last is with the application already, and who is found has not seen it
     */
    void look(ChannelHandlerContext own, boolean handedOut) {
        try {
            find(own, handedOut);
        } catch (RuntimeException | Error e) {
            NettyLog.LOG.debug("{}: who knows what is work was not found", own.channel(), e);
        }
    }

    private void find(ChannelHandlerContext own, boolean handedOut) {
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
                partial = guess.owesRest() || !guess.working();
                guess.leave();
                guess = null;
                Lookout.removeAll(own.pipeline());
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
        if (!halfHttp) {
            Lookout.put(start, tracker);
        }
        lastSeen = start.pipeline().lastContext();
    }

    /** A request is about to come out at this place, of a codec that is not known by its class. */
    void foundHttp(ChannelHandlerContext there) {
        ByteWork before = guess;
        ChannelHandlerContext codec = Frames.takerBefore(there);
        if (known() || before == null || codec == null) {
            return;
        }
        ChannelHandlerContext start = before.start();
        before.leave();
        guess = null;
        WorkSource found = Codecs.http1Behind(there, codec, tracker);
        exact = found;
        start.pipeline().addAfter(start.name(), null, new FirstAnswer(this, found, start));
    }

    /**
     * The first answer leaves the codec that was found so. If it was no message where answers are counted, the codec's
     * halves are further apart; or the application encodes by itself, and the ends of answers are told by bytes.
     *
     * @param at where it is now, behind start
     */
    void firstAnswer(WorkSource found, ChannelHandlerContext start, ChannelHandlerContext at) {
        if (exact == found && !found.hasAnswered()) {
            boolean inProgress = found.insideRequest();
            found.leave();
            exact = null;
            ChannelHandlerContext behind = Lookout.ofBoth(at.pipeline());
            ChannelHandlerContext codec = behind == null ? null : Frames.takerBefore(behind);
            if (behind != null && codec != null) {
                WorkSource moved = Codecs.http1Behind(behind, codec, tracker);
                exact = moved;
                if (inProgress && !((Lookout) behind.handler()).answeredWhole()) {
                    moved.takeOver(false);
                }
            } else {
                halfHttp = true;
                ByteWork bytes = new ByteWork(tracker, start, start, true);
                guess = bytes;
                at.pipeline().addBefore(at.name(), null, bytes);
                if (inProgress) {
                    bytes.takeOver();
                }
                lastSeen = at.pipeline().lastContext();
            }
        }
        Lookout.removeAll(at.pipeline());
    }
}
