/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.report;

import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.NOPLoggerFactory;

/**
 * SLF4J without a provider loses every line, as with slf4j-api alone in a standalone Tomcat's lib. That is said once
 * where Java itself logs (java.util.logging, or System.err without it). Whoever chose silence, by slf4j-nop, has it.
 */
public final class MissingLog {
    private static final AtomicBoolean SAID = new AtomicBoolean();
    private static final String PROVIDERS = "META-INF/services/org.slf4j.spi.SLF4JServiceProvider";

    private MissingLog() {}

    /** Says it if it is so and was not said before in this JVM. Never throws. */
    public static void sayOnce() {
        try {
            if (lost() && SAID.compareAndSet(false, true)) {
                System.getLogger("io.tcpguard.TcpGuard")
                        .log(
                                System.Logger.Level.WARNING,
                                "tcpguard runs, but nothing it logs is seen: SLF4J has no provider. Put one beside "
                                        + "slf4j-api, such as slf4j-jdk14 of the same version");
            }
        } catch (RuntimeException | Error e) {
            // To be silent is no reason to fail.
        }
    }

    private static boolean lost() {
        ClassLoader loader = LoggerFactory.class.getClassLoader();
        return LoggerFactory.getILoggerFactory() instanceof NOPLoggerFactory
                && loader != null
                && loader.getResource(PROVIDERS) == null;
    }
}
