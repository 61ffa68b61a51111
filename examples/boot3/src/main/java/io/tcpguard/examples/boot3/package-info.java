/** In: requests. Out: a greeting, from a Spring Boot 3.5 application that is guarded by its dependencies alone. */
@NullMarked
package io.tcpguard.examples.boot3;

import org.jspecify.annotations.NullMarked;
