/** In: requests. Out: a greeting. */
@NullMarked
package io.tcpguard.spring.app;

import org.jspecify.annotations.NullMarked;
