/** In: requests. Out: a greeting, from a Spring Boot 3.5 application on WebFlux that is guarded by its dependencies alone. */
@NullMarked
package io.tcpguard.examples.webflux3;

import org.jspecify.annotations.NullMarked;
