/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.jetty;

import io.tcpguard.spi.NioConnection;
import io.tcpguard.spi.Refusal;
import io.tcpguard.spi.RequestsInProgress;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable;

/**
 * Says when work begins and ends on a {@link GuardedConnector}'s connections, and answers 503 while work waits too
 * long.
 */
public final class GuardedHandler extends Handler.Wrapper {

    /** @param handler the application */
    public GuardedHandler(Handler handler) {
        super(handler);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        NioConnection connection = GuardedEndPoint.of(request);
        if (connection == null) {
            return super.handle(request, response, callback);
        }
        // tag::work[]
        RequestsInProgress requests = connection.requests();
        if (!requests.begin(request.getHeaders()::contains)) {
            callback.failed(new EofException("the connection was evicted"));
            return true;
        }
        Request.addCompletionListener(request, failure -> ended(requests, request, response));
        int retryAfterSeconds = connection.refuseRequest();
        if (retryAfterSeconds > 0) {
            refuse(request, response, callback, retryAfterSeconds);
            return true;
        }
        if (connection.leaves()) {
            closeAfter(request, response);
        }
        // end::work[]
        return super.handle(new WatchedRequest(request, requests), response, callback);
    }

    private static void ended(RequestsInProgress requests, Request request, Response response) {
        boolean tunnel = HttpMethod.CONNECT.is(request.getMethod()) && HttpStatus.isSuccess(response.getStatus());
        if (tunnel || response.getStatus() == HttpStatus.SWITCHING_PROTOCOLS_101) {
            // What is said there from now on is not seen here.
            requests.handle().exemptFromEviction();
        }
        requests.end();
    }

    private static void refuse(Request request, Response response, Callback callback, int seconds) {
        response.setStatus(HttpStatus.SERVICE_UNAVAILABLE_503);
        Refusal.WORK.headers(seconds).forEach(response.getHeaders()::put);
        closeAfter(request, response);
        Content.Sink.write(response, true, Refusal.WORK.body(seconds), callback);
    }

    private static void closeAfter(Request request, Response response) {
        if (request.getConnectionMetaData().getHttpVersion().getVersion() < HttpVersion.HTTP_2.getVersion()) {
            response.getHeaders().put(HttpHeader.CONNECTION, "close");
        }
    }

    /** Sees whether the application waits for the client's bytes. */
    private static final class WatchedRequest extends Request.Wrapper {
        private final RequestsInProgress requests;

        WatchedRequest(Request request, RequestsInProgress requests) {
            super(request);
            this.requests = requests;
        }

        @Override
        public void demand(Runnable demanded) {
            // tag::body[]
            requests.waitsForBody(true);
            super.demand(Invocable.from(Invocable.getInvocationType(demanded), () -> {
                requests.waitsForBody(false);
                demanded.run();
            }));
            // end::body[]
        }
    }
}
