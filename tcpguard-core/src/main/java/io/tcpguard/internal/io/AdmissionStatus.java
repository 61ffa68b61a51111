/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

/**
 * What a new connection meets at the admission threshold, by what has been learned of the clients.
 *
 * @param idleFloorNanos no connection idle for less is evicted
 * @param queueWaitNanos for so long may new connections wait
 * @param waited how many have been made to wait since the start
 */
public record AdmissionStatus(long idleFloorNanos, long queueWaitNanos, long waited) {}
