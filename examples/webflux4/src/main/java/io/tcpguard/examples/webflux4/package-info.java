/** In: requests. Out: a greeting, from a Spring Boot 4.1 application on WebFlux that is guarded by its dependencies alone. */
@NullMarked
package io.tcpguard.examples.webflux4;

import org.jspecify.annotations.NullMarked;
