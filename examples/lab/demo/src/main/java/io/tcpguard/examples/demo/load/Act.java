package io.tcpguard.examples.demo.load;

/** What a client wants done with its connection. */
enum Act {
    NONE,
    /** Open one. */
    CONNECT,
    /** Send one request. */
    SEND,
    /** Close it. */
    CLOSE
}
