package io.tcpguard.spi;

/** The adapter's way to close one idle connection whose place is needed. */
@FunctionalInterface
public interface ConnectionCloser {
    /**
     * Closes the connection at once. Called at most once, by the thread that accepts (of any listener of this guard), only while
     * no work is in progress; {@link ConnectionHandle#begin()} answers false from just before this call on. Must not block.
     * Must lead to {@link ConnectionHandle#closed()}.
     */
    void close(Closing how);
}
