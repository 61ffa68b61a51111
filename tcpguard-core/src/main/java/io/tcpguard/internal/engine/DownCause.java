/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.engine;

import io.tcpguard.state.DownBy;

/**
 * Why health is to fail.
 *
 * @param kind decides about holding and failing open
 * @param why in words
 */
record DownCause(DownKind kind, String why) {

    enum DownKind {
        /** An operator said so. Ends at once when he says so. */
        OPERATOR(DownBy.OPERATOR, false, false),
        /** A listener has not served yet. Nothing to hold: nobody was sent here before. */
        STARTING(DownBy.LISTENER, false, false),
        /** A listener served and does not any more: a plain fact, so it never fails open. */
        NOT_SERVING(DownBy.LISTENER, true, false),
        /** Nobody is accepted where the traffic is. A fact, too; over with the first accept. */
        UNACCEPTED(DownBy.LISTENER, false, false),
        /**
         * Nothing that was asked comes back. Over with the first work that does: a back end that hangs now and then
         * costs its own time, and not a hold that grows with it.
         */
        STALLED(DownBy.SIGNALS, false, true),
        /** The engine's judgement of the descriptors. Held, and fails open after maxDown. */
        JUDGED(DownBy.SIGNALS, true, true);

        private final DownBy by;
        private final boolean held;
        private final boolean failsOpen;

        DownKind(DownBy by, boolean held, boolean failsOpen) {
            this.by = by;
            this.held = held;
            this.failsOpen = failsOpen;
        }

        /** What kind of cause those are told who ask. */
        DownBy by() {
            return by;
        }

        /** Whether DOWN lasts until the load balancer has seen it, longer each time. */
        boolean held() {
            return held;
        }

        /** Whether a server that may be misjudged is taken back after maxDown. */
        boolean failsOpen() {
            return failsOpen;
        }
    }
}
