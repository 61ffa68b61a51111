/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import java.io.IOException;
import org.apache.catalina.Valve;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.jspecify.annotations.Nullable;

/**
 * A valve that passes on what it does not refuse. Not a {@code ValveBase}: nothing of it is registered anywhere.
 * Declares {@link IOException} only, so that it loads in Tomcat 9, too.
 */
abstract class RefusingValve implements Valve {
    private volatile @Nullable Valve next;

    /** True: the request was refused, and is answered. */
    abstract boolean refuses(Request request, Response response) throws IOException;

    /** What the next one throws passes through, whatever the servlet API calls it. */
    @Override
    public final void invoke(Request request, Response response) throws IOException {
        Valve after = refuses(request, response) ? null : next;
        if (after != null) {
            try {
                after.invoke(request, response);
            } catch (Exception e) {
                throw RefusingValve.<RuntimeException>asItIs(e);
            }
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Exception> E asItIs(Exception e) throws E {
        throw (E) e;
    }

    @Override
    public final @Nullable Valve getNext() {
        return next;
    }

    @Override
    public final void setNext(@Nullable Valve valve) {
        next = valve;
    }

    @Override
    public final void backgroundProcess() {
        // Nothing to do now and then.
    }

    /** True, or no request behind it could be asynchronous. */
    @Override
    public final boolean isAsyncSupported() {
        return true;
    }
}
