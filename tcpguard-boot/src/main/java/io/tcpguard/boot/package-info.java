/**
 * The way in for Spring Boot, whatever the web server: the dependency on an adapter alone is enough.
 *
 * <p>In: the environment's {@code tcpguard.*} properties, the application's readiness, an adapter's {@link
 * io.tcpguard.boot.WebServerGuard}. Out: one guard, readiness in step with the verdict, meters. Never liveness: a restart cures no flood.
 *
 * <p>One binary for Boot 3.5 and 4.x: nothing here names a type that moved between them.
 */
@NullMarked
package io.tcpguard.boot;

import org.jspecify.annotations.NullMarked;
