/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

/**
 * How far one worker has come with a connection. Tomcat logs most Errors and closes the connection, as if its client
 * had gone, so they are noted where they pass. Workers only, one at a time.
 */
final class WorkerRun {
    private boolean handled;
    private boolean application;
    private boolean error;

    void begin() {
        handled = false;
        application = false;
        error = false;
    }

    /** The endpoint is through with it: TLS is agreed on, or has failed as a client can make it fail. */
    void handled() {
        handled = true;
    }

    /** A request got to the application, whatever becomes of it there. */
    void application() {
        application = true;
    }

    void error() {
        error = true;
    }

    /**
     * Whether the server itself failed, before any request got to the application.
     *
     * @param closed whether the connection is closed, and was not evicted
     */
    boolean failed(boolean closed) {
        return !application && (error || (closed && !handled));
    }
}
