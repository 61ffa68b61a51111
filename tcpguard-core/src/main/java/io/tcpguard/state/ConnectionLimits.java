/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.state;

/**
 * How many connections may be held at a time, whatever the descriptors are. {@link #NONE} instead of a number: this
 * does not bound them.
 *
 * @param maxConnections as many as the server's own settings allow, of all its listeners; none if one of them has no
 *     such setting
 * @param memory as many as memory bears: by what connections are thought to cost, unless the operator has said how many
 *     may be; and where memory is exhausted no more than are held
 * @param operator as many as the operator allows
 */
public record ConnectionLimits(long maxConnections, long memory, long operator) {
    /** No limit. */
    public static final long NONE = Long.MAX_VALUE;

    /** Nothing but descriptors bounds connections. */
    public static final ConnectionLimits UNBOUNDED = new ConnectionLimits(NONE, NONE, NONE);

    /** What the whole process may hold. */
    public long ofProcess() {
        return Math.min(operator, memory);
    }
}
