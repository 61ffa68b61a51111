/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * The replay's Java half: {@code replay} makes the cluster and calls it, once in the client's network namespace for
 * each run, once at the end for the report.
 *
 * <p>In: keepalived's log and {@code ipvsadm}'s table as the director writes them, the servers' descriptors, what the
 * load counted. Out: a line a second, {@code seconds.csv} and {@code run.properties} for each run; a table and a
 * picture of all of them. {@code Replay} is the door; {@code Watch} the only class that looks at a clock.
 */
@NullMarked
package io.tcpguard.examples.lvs;

import org.jspecify.annotations.NullMarked;
