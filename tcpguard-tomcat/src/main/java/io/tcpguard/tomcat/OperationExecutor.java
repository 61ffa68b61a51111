/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import java.lang.reflect.Field;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.apache.tomcat.util.net.SocketProcessorBase;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * The connector's executor, for what Tomcat gives it past the endpoint: operations of asynchronous I/O (HTTP/2,
 * WebSocket) from the poller, streams of HTTP/2 from workers. Tomcat expects a rejection there. An OutOfMemoryError,
 * which is how the JDK says that no thread can be made, it throws on, through the poller, which ends; so that becomes a
 * rejection. What an operation throws would end its worker, and its connection would wait for good, without a time-out;
 * so that is closed. What comes by way of the endpoint is the endpoint's to catch.
 */
final class OperationExecutor implements Executor {
    private final Executor executor;
    private final Consumer<@Nullable VirtualMachineError> lost;

    /** Made beforehand: memory may have run out, too. */
    private static final class NoThread extends RejectedExecutionException {
        private static final long serialVersionUID = 1L;

        @SuppressWarnings("StaticAssignmentOfThrowable")
        static final NoThread INSTANCE = new NoThread();

        NoThread() {
            super("no thread can be made");
        }

        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }

    /** @param lost told of each task that no worker was had for, with the Error if that is why */
    OperationExecutor(Executor executor, Consumer<@Nullable VirtualMachineError> lost) {
        this.executor = executor;
        this.lost = lost;
    }

    boolean isFor(Executor other) {
        return executor == other;
    }

    @Override
    public void execute(Runnable task) {
        if (task instanceof SocketProcessorBase) {
            executor.execute(task);
            return;
        }
        try {
            executor.execute(() -> run(task));
        } catch (RejectedExecutionException e) {
            lost.accept(null);
            throw e;
        } catch (VirtualMachineError e) {
            lost.accept(e);
            throw NoThread.INSTANCE;
        }
    }

    private static void run(Runnable task) {
        boolean whole = false;
        try {
            task.run();
            whole = true;
        } finally {
            if (!whole) {
                close(task);
            }
        }
    }

    /** Tomcat's operations are inner classes of their connection, which they don't tell. */
    private static void close(Runnable task) {
        for (Class<?> type = task.getClass(); type != null; type = type.getSuperclass()) {
            if (type.getEnclosingClass() == SocketWrapperBase.class) {
                try {
                    Field outer = type.getDeclaredField("this$0");
                    outer.setAccessible(true);
                    if (outer.get(task) instanceof SocketWrapperBase<?> connection) {
                        connection.close();
                    }
                } catch (ReflectiveOperationException | RuntimeException e) {
                    // Then it waits until it is evicted, as without guard.
                    return;
                }
            }
        }
    }
}
