/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

/**
 * Requests and answers of one HTTP/1 connection: work lasts from the last part of a request, or the first of its
 * response if that comes sooner, to the moment that the last part of the response has left. Of the connection's event
 * loop.
 */
final class Http1Requests {
    private final ConnectionTracker tracker;

    /** Requests that came whole less responses that were written whole: -1 if the answer came first. */
    private int open;

    /** Responses written whole and not yet on their way that began as work. */
    private int leaving;

    /** The head of a request is here, and not its end. */
    private boolean inBody;

    /** The server began its part before the request was whole, and this is work. */
    private boolean early;

    /** The client waits for a word before it sends the body. */
    private boolean expecting;

    /** All that is in progress is the rest of a request, which the client owes. */
    private boolean unfinished;

    /** Something was in progress before anybody counted; the first answer ends it. */
    private boolean tookOver;

    Http1Requests(ConnectionTracker tracker) {
        this.tracker = tracker;
    }

    boolean inBody() {
        return inBody;
    }

    /** Whether nothing is to be answered. */
    boolean none() {
        return open == 0 && leaving == 0;
    }

    /** Whether requests wait behind the one that is answered next. */
    boolean pipelined() {
        return open > 1;
    }

    /** Whether anything is in progress. */
    boolean any() {
        return inBody || open > 0 || leaving > 0 || tookOver;
    }

    /** As {@link WorkSource#takeOver}. */
    void takeOver(boolean partial) {
        tookOver = tracker.handle().begin();
        if (tookOver && partial) {
            waitsForRest();
        }
    }

    /** @param expects whether the client waits for a word before it sends the body */
    void head(boolean expects) {
        if (inBody) {
            // The body before never comes, since it was refused: that request is over.
            finished();
            endEarly();
            open = Math.max(open, 0);
        }
        inBody = true;
        expecting = expects;
        if (expects) {
            beginEarly();
        }
    }

    /** A part of a body has come. */
    void bodyCame() {
        if (expecting) {
            expecting = false;
            endEarly();
        }
    }

    /** The body of a request that is dropped is over. */
    void droppedWhole() {
        inBody = false;
        finished();
    }

    /** A request is whole. False: drop it. */
    boolean whole() {
        inBody = false;
        expecting = false;
        finished();
        open++;
        if (early) {
            // This work goes on as that of a whole request.
            early = false;
            return true;
        }
        return open <= 0 || tracker.handle().begin();
    }

    /** All that was read in one go is counted. */
    void readComplete() {
        if (inBody && !early && !unfinished) {
            waitsForRest();
        }
    }

    /** A response begins, or an interim one, perhaps to a request that is not whole yet. */
    void answerBegins(boolean interim) {
        if (!inBody || open > 0) {
            return;
        }
        if (!interim) {
            beginEarly();
        } else if (expecting) {
            expecting = false;
            endEarly();
            readComplete();
        }
    }

    /**
     * A response was written whole. An end too many changes nothing.
     *
     * @return whether it was work, which goes on until {@link #answerLeft}
     */
    boolean answerEnds() {
        boolean work = open > 0 || early;
        if (tookOver) {
            tookOver = false;
            finished();
            if (!work) {
                leaving++;
                return true;
            }
            tracker.waits.workEnded();
        }
        early &= open > 0;
        if (open > 0 || (inBody && open == 0)) {
            open--;
        }
        leaving += work ? 1 : 0;
        return work;
    }

    void answerLeft() {
        leaving--;
        tracker.waits.workEnded();
    }

    /** Ends what is open; what leaves ends by itself. */
    void settle() {
        finished();
        endEarly();
        if (tookOver) {
            tookOver = false;
            tracker.waits.workEnded();
        }
        for (; open > 0; open--) {
            tracker.waits.workEnded();
        }
    }

    private void waitsForRest() {
        unfinished = true;
        tracker.waits.owesRest(true);
    }

    private void finished() {
        if (unfinished) {
            unfinished = false;
            tracker.waits.owesRest(false);
        }
    }

    private void beginEarly() {
        if (!early && tracker.handle().begin()) {
            early = true;
            finished();
        }
    }

    private void endEarly() {
        if (early) {
            early = false;
            tracker.waits.workEnded();
        }
    }
}
