/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import java.util.Set;
import javax.servlet.ServletContainerInitializer;
import javax.servlet.ServletContext;
import org.jspecify.annotations.Nullable;

/**
 * The way in for a Tomcat that one can't edit (Tomcat 9): the jars in {@code WEB-INF/lib} are enough. Settings are
 * context parameters or system properties {@code tcpguard.*}; {@code tcpguard.enabled=false} leaves no trace. Never
 * loaded where {@link JakartaInitializer} is.
 */
public final class JavaxInitializer implements ServletContainerInitializer {

    /** Called by the container. */
    public JavaxInitializer() {}

    /**
     * Starts the guard of this application's server.
     *
     * @throws IllegalArgumentException naming each setting that is wrong
     */
    @Override
    public void onStartup(@Nullable Set<Class<?>> classes, ServletContext context) {
        try {
            DropIn.begin(context, context.getClassLoader(), context.getInitParameterNames(), context::getInitParameter);
        } catch (LinkageError e) {
            // Not Tomcat, or no slf4j: no reason for the application not to start.
            context.log("tcpguard is not active", e);
        }
    }
}
