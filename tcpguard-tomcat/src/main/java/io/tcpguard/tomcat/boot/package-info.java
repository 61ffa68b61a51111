/**
 * Tomcat's part in the way in for Spring Boot.
 *
 * <p>In: the factory of the web server. Out: a guarded connector. The rest is {@code io.tcpguard.boot}'s.
 *
 * <p>One binary for Boot 3.5 and 4.x: nothing here names a type that moved between them. The two calls on Tomcat's factory, whose own
 * types did move, are made by name.
 */
@NullMarked
package io.tcpguard.tomcat.boot;

import org.jspecify.annotations.NullMarked;
