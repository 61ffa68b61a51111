/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import java.util.HashSet;
import java.util.Set;
import org.apache.coyote.Processor;
import org.apache.tomcat.util.net.AbstractEndpoint;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * The handler around Tomcat's own that sees what comes of each socket event, and so when a connection is idle, busy,
 * upgraded or closed.
 */
final class GuardedHandler implements AbstractEndpoint.Handler<NioChannel> {
    private final AbstractEndpoint.Handler<NioChannel> delegate;
    private final GuardedNioEndpoint endpoint;

    GuardedHandler(AbstractEndpoint.Handler<NioChannel> delegate, GuardedNioEndpoint endpoint) {
        this.delegate = delegate;
        this.endpoint = endpoint;
    }

    @Override
    public SocketState process(SocketWrapperBase<NioChannel> wrapper, SocketEvent event) {
        GuardedConnection connection = endpoint.registry().of(wrapper);
        if (connection == null) {
            SocketState untracked = delegate.process(wrapper, event);
            if (untracked == SocketState.CLOSED) {
                endpoint.evictor().closes(wrapper);
            }
            return untracked;
        }
        connection.run().handled();
        connection.restAwaited(false);
        endpoint.filesBeingSent().look(connection);
        boolean ignored = event == SocketEvent.TIMEOUT && !awaitsTimeout(wrapper);
        GuardedConnection outer = endpoint.registry().onThisThread(connection);
        SocketState state;
        try {
            state = delegate.process(wrapper, event);
        } finally {
            endpoint.registry().onThisThread(outer);
        }
        boolean answered = state == SocketState.OPEN && !ignored && connection.working();
        if (!ignored) {
            note(connection, wrapper, state);
        }
        if (answered && endpoint.guarding().closesAnswered() && !connection.inProgress()) {
            return SocketState.CLOSED;
        }
        if (state == SocketState.CLOSED && connection.isEnding()) {
            ClientChannel.discardUnread(connection.channel());
        }
        return state;
    }

    /**
     * A time-out that comes too late changes nothing, and says OPEN whatever is in progress. As Tomcat's own handler
     * decides.
     */
    private static boolean awaitsTimeout(SocketWrapperBase<NioChannel> wrapper) {
        return wrapper.getCurrentProcessor() instanceof Processor processor
                && (processor.isAsync() ? processor.checkAsyncTimeoutGeneration() : processor.isUpgrade());
    }

    private void note(GuardedConnection connection, SocketWrapperBase<NioChannel> wrapper, SocketState state) {
        switch (state) {
            case OPEN -> connection.waitsForNextRequest();
            case LONG -> {
                if (!isAsync(wrapper)) {
                    // Part of a head. Not work: a client may stay here for ever.
                    connection.requestsEnded();
                } else if (wrapper.getCurrentProcessor() instanceof GuardedProcessor processor) {
                    connection.restAwaited(processor.waitsForBody());
                }
            }
            case UPGRADED, ASYNC_IO -> {
                if (!connection.multiplexed()) {
                    connection.keep();
                }
                connection.requestsEnded();
            }
            case SENDFILE -> {
                connection.nextHead();
                endpoint.filesBeingSent().add(connection, endpoint.wrapperOf(connection));
            }
            default -> {
                // CLOSED: Tomcat closes the wrapper next, and release() hears of it. The others are in the middle of a
                // request.
            }
        }
    }

    private static boolean isAsync(SocketWrapperBase<NioChannel> wrapper) {
        return wrapper.getCurrentProcessor() instanceof Processor processor && processor.isAsync();
    }

    @Override
    public Object getGlobal() {
        return delegate.getGlobal();
    }

    @Override
    public void release(SocketWrapperBase<NioChannel> wrapper) {
        try {
            delegate.release(wrapper);
        } finally {
            endpoint.registry().forget(wrapper);
        }
    }

    @Override
    public void pause() {
        delegate.pause();
    }

    @Override
    public void recycle() {
        delegate.recycle();
    }

    /** Part of the interface in Tomcat 9 only. */
    public Set<NioChannel> getOpenSockets() {
        Set<NioChannel> open = new HashSet<>();
        for (SocketWrapperBase<NioChannel> wrapper : endpoint.getConnections()) {
            @Nullable NioChannel socket = wrapper.getSocket();
            if (socket != null) {
                open.add(socket);
            }
        }
        return open;
    }
}
