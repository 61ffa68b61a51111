/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.apache.coyote.Request;
import org.jspecify.annotations.Nullable;

/**
 * Whether a request is read by a listener. Its type is {@code javax.servlet}'s in Tomcat 9 and {@code
 * jakarta.servlet}'s later, so the method is found by name, once.
 */
final class ReadListeners {
    private static final @Nullable MethodHandle LISTENER = find();

    private ReadListeners() {}

    static boolean has(Request request) {
        MethodHandle listener = LISTENER;
        if (listener == null) {
            return false;
        }
        try {
            return (Object) listener.invokeExact(request) != null;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static @Nullable MethodHandle find() {
        try {
            return MethodHandles.publicLookup()
                    .unreflect(Request.class.getMethod("getReadListener"))
                    .asType(MethodType.methodType(Object.class, Request.class));
        } catch (ReflectiveOperationException | LinkageError e) {
            // A Tomcat without servlets, or one that is not known yet.
            return null;
        }
    }
}
