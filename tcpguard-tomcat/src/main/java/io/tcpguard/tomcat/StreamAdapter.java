/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.coyote.ActionCode;
import org.apache.coyote.Adapter;
import org.apache.coyote.Constants;
import org.apache.coyote.InputBuffer;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.tomcat.util.net.SocketEvent;

/** {@link GuardedAdapter} for the streams of one HTTP/2 connection: each is work of its own, on any thread. */
final class StreamAdapter implements Adapter {
    private final GuardedAdapter outer;
    private final GuardedConnection connection;
    private final GuardedNioEndpoint endpoint;
    private final long fileMillis;
    /** By a GOAWAY, since slots go round; two at once do no harm. */
    private volatile boolean toldToGo;

    /**
     * Whether they wait for their body. Tomcat may tell of an error of one stream more than once: without this, the
     * second would end another stream's work.
     */
    private final Map<Request, Boolean> asynchronous = new ConcurrentHashMap<>();

    /** @param fileMillis for how long Tomcat waits for a client to take more of a file */
    StreamAdapter(GuardedAdapter outer, GuardedConnection connection, GuardedNioEndpoint endpoint, long fileMillis) {
        this.outer = outer;
        this.connection = connection;
        this.endpoint = endpoint;
        this.fileMillis = fileMillis;
    }

    @Override
    public void service(Request request, Response response) throws Exception {
        if (!connection.streamBegins(request)) {
            response.action(ActionCode.CLOSE_NOW, null);
            return;
        }
        boolean inProgress = false;
        InputBuffer body = request.getInputBuffer();
        if (body != null) {
            request.setInputBuffer(new BodyReads(body).of(connection));
        }
        try {
            if (outer.gate().refuses(outer.connector().listener(), request, connection.source())) {
                RequestGate.answerAndLog(
                        outer.delegate(), request, response, outer.connector().listener());
            } else {
                outer.serve(request, response);
                inProgress = isAsync(request) && asynchronous.putIfAbsent(request, false) == null;
                if (inProgress) {
                    await(request);
                }
            }
        } finally {
            if (!inProgress) {
                ended(request);
            }
        }
    }

    @Override
    public boolean asyncDispatch(Request request, Response response, SocketEvent event) throws Exception {
        boolean inProgress = false;
        if (asynchronous.replace(request, true, false)) {
            connection.requests().waitsForBody(false);
        }
        try {
            boolean open = outer.delegate().asyncDispatch(request, response, event);
            inProgress = open && isAsync(request);
            return open;
        } finally {
            if (inProgress) {
                await(request);
            } else if (asynchronous.remove(request) != null) {
                ended(request);
            }
        }
    }

    private void await(Request request) {
        if (GuardedProcessor.waitsForBody(request) && asynchronous.replace(request, false, true)) {
            connection.requests().waitsForBody(true);
        }
    }

    private void ended(Request request) {
        if (request.getAttribute(Constants.SENDFILE_FILENAME_ATTR) != null) {
            endpoint.filesBeingSent().addStream(connection, endpoint.wrapperOf(connection), fileMillis);
        }
        connection.streamEnded();
        if (!toldToGo && connection.leaves()) {
            toldToGo = true;
            endpoint.evictor().sayGoAway(connection);
        }
    }

    private static boolean isAsync(Request request) {
        AtomicBoolean async = new AtomicBoolean();
        request.action(ActionCode.ASYNC_IS_ASYNC, async);
        return async.get();
    }

    @Override
    public boolean prepare(Request request, Response response) throws Exception {
        return outer.delegate().prepare(request, response);
    }

    @Override
    public void log(Request request, Response response, long time) {
        outer.delegate().log(request, response, time);
    }

    @Override
    public void checkRecycled(Request request, Response response) {
        outer.delegate().checkRecycled(request, response);
    }

    @Override
    public String getDomain() {
        return outer.delegate().getDomain();
    }
}
