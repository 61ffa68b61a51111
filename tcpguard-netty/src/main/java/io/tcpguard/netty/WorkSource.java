/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

/** Somebody in the pipeline who knows exactly when work begins and ends. */
interface WorkSource {
    /** True once the codec it stands on has left the pipeline: an upgrade. */
    boolean gone();

    /** All that was read in one go has been handed out. */
    default void readComplete() {}

    /** Whether its protocol has windows of its own, beside TCP's. */
    default boolean hasWindows() {
        return false;
    }

    /**
     * Whether all that is in progress waits for its client by the protocol's own windows, and these hardly moved since
     * this was asked last. On the event loop, one asks at a time.
     */
    default boolean windowsStandStill() {
        return false;
    }

    /** Whether a request has begun to come. On the event loop. */
    default boolean insideRequest() {
        return false;
    }

    /**
     * The server will stop: asks the client to open no more streams here, where the protocol can. On the event loop.
     *
     * @param all also while streams are open
     * @return false if it is to be asked again
     */
    default boolean tellToGo(boolean all) {
        return true;
    }

    /** The same just before a close, with what was the last stream. On the event loop. */
    default void tellLast() {}

    /**
     * Something was in progress before this one was here, which did not see it begin. On the event loop, once.
     *
     * @param partial whether it may be half a request
     */
    default void takeOver(boolean partial) {}

    /** Whether an answer has come by. On the event loop. */
    default boolean hasAnswered() {
        return true;
    }

    /** It is in the wrong place: settles, and leaves the pipeline. On the event loop, once. */
    default void leave() {
        settle();
    }

    /** Ends what it still holds open. On the event loop, once. */
    void settle();
}
