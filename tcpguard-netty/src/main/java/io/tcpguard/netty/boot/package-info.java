/**
 * Reactor Netty's part in the way in for Spring Boot (WebFlux).
 *
 * <p>In: the factory of the web server. Out: a guarded one. The rest is {@code io.tcpguard.boot}'s.
 *
 * <p>One binary for Boot 3.5 and 4.x: nothing here names a type that moved between them. The two calls on the server's factory, whose own
 * types did move, are made by name.
 */
@NullMarked
package io.tcpguard.netty.boot;

import org.jspecify.annotations.NullMarked;
