/**
 * What a guard shows of itself by JMX.
 *
 * <p>In: nothing. Out: the interface for clients that make a proxy of it.
 */
@NullMarked
package io.tcpguard.jmx;

import org.jspecify.annotations.NullMarked;
