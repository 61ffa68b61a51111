package io.tcpguard.internal.engine;

/**
 * Why health is to fail.
 *
 * @param kind decides about holding and failing open
 * @param why in words
 */
record DownCause(Kind kind, String why) {

    enum Kind {
        /** An operator said so. Ends at once when he says so. */
        OPERATOR,
        /** A listener has not served yet. Nothing to hold: nobody was sent here before. */
        STARTING,
        /** A listener served and does not any more: a plain fact, so it never fails open. */
        NOT_SERVING,
        /** The engine's judgement of the signals. Held, and fails open after maxDown. */
        JUDGED;

        boolean held() {
            return this == NOT_SERVING || this == JUDGED;
        }
    }
}
