package io.tcpguard.internal.io;

/**
 * What a newcomer meets at the refusal point, by what has been learned of the clients.
 *
 * @param idleFloorNanos no connection idle for less gives way
 * @param queueWaitNanos for so long may newcomers wait
 * @param waited how many have been made to wait since the start
 */
public record Places(long idleFloorNanos, long queueWaitNanos, long waited) {}
