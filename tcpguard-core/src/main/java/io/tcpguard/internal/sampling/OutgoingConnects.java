/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.sampling;

import java.net.BindException;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** The number of outgoing connects that found no local port, by what the application caught. Safe from any thread. */
public final class OutgoingConnects {
    /**
     * What EADDRNOTAVAIL is called by the C library; Netty's native transports and older JDKs have no type of their own
     * for it.
     */
    private static final String NO_PORT = "Cannot assign requested address";

    /** EACCES is a BindException to the JDK too, and no matter of ports. */
    private static final String FORBIDDEN = "Permission denied";

    private static final int DEEPEST = 16;

    private final LongAdder withoutPort = new LongAdder();

    public void failed(Throwable why) {
        if (hadNoPort(why)) {
            withoutPort.increment();
        }
    }

    public long withoutPort() {
        return withoutPort.sum();
    }

    /** Clients wrap what they catch, so the causes are looked at too. */
    private static boolean hadNoPort(Throwable why) {
        @Nullable Throwable each = why;
        for (int depth = 0; each != null && depth < DEEPEST; depth++) {
            String message = each.getMessage();
            if (message != null && message.contains(NO_PORT)) {
                return true;
            }
            if (each instanceof BindException) {
                return message == null || !message.contains(FORBIDDEN);
            }
            each = each.getCause();
        }
        return false;
    }
}
