/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import java.io.IOException;

/** What the I/O thread calls when the kernel has something for a channel. */
interface SelectionHandler {
    /** Reads and writes what can be without blocking. May be called when there is nothing to do. */
    void ready(long now) throws IOException;

    /** Gives up what {@link #ready} failed on; never throws. */
    void broken();
}
