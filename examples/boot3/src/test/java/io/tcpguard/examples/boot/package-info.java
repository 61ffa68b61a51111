/** In: the example application of either line, started. Out: what its users, its balancer and its operators see. */
@NullMarked
package io.tcpguard.examples.boot;

import org.jspecify.annotations.NullMarked;
