/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import io.tcpguard.spi.GuardLog;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.runtime.ObjectMethods;

/**
 * JDK 17 holds the class of the record whose {@code equals} was linked last, and those of the last components ({@link
 * ObjectMethods} casts method handles of its own, and each of them keeps its last cast in a strong field): with it the
 * class loader of an application that has stopped, until another record comes.
 */
final class RecordMethods {
    private static final GuardLog log = GuardLog.of(RecordMethods.class);

    private RecordMethods() {}

    /** Puts classes of the JDK in the place of ours. Throws nothing. */
    static void releaseLast() {
        try {
            MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            MethodHandle component = lookup.findVirtual(String.class, "toString", MethodType.methodType(String.class));
            for (String method : new String[] {"equals", "hashCode", "toString"}) {
                Object unused =
                        ObjectMethods.bootstrap(lookup, method, MethodHandle.class, String.class, "text", component);
            }
        } catch (Throwable e) {
            // A later JDK may take records only, and holds them by soft references.
            log.debug("What the JDK holds of the last record was not released", e);
        }
    }
}
