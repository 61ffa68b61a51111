package io.tcpguard.state;

/** The answer to "may this connection or request come in?". */
public enum Admission {
    /** Serve it. */
    ADMIT,
    /** Refuse it with an answer: 503 and Retry-After, or what the protocol has for it. */
    RESPOND,
    /** Refuse it by a reset, which leaves no TIME_WAIT and costs least. */
    RESET;

    /** True unless this is {@link #ADMIT}. */
    public boolean refused() {
        return this != ADMIT;
    }
}
