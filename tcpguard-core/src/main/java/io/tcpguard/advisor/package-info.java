/**
 * Advice: the kernel settings and limits that decide how much a server can take, judged where it runs and explained; and, after an
 * episode, what happened in plain words.
 *
 * <p>In: {@code /proc}, the listeners, the transitions. Out: {@link io.tcpguard.advisor.Finding}s and texts. Nothing in here changes
 * a setting. Doors: {@link io.tcpguard.advisor.Advisor} and {@link io.tcpguard.advisor.FlightRecorder}.
 */
@NullMarked
package io.tcpguard.advisor;

import org.jspecify.annotations.NullMarked;
