/**
 * The way in for Spring Boot: the dependency alone is enough.
 *
 * <p>In: the environment's {@code tcpguard.*} properties, the factory of the web server, the application's readiness. Out: a guard, a
 * guarded connector, readiness in step with the verdict, meters. Never liveness: a restart cures no flood.
 *
 * <p>One binary for Boot 3.5 and 4.x: nothing here names a type that moved between them. The two calls on Tomcat's factory, whose own
 * types did move, are made by name.
 */
@NullMarked
package io.tcpguard.tomcat.boot;

import org.jspecify.annotations.NullMarked;
