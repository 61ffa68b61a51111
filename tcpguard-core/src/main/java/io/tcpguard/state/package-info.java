/**
 * Judgements: what the guard thinks of the readings, as values.
 *
 * <p>In: readings. Out: {@link io.tcpguard.state.GuardSnapshot}.
 */
@NullMarked
package io.tcpguard.state;

import org.jspecify.annotations.NullMarked;
