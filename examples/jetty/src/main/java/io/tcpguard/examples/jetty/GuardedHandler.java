/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.jetty;

import io.tcpguard.spi.GuardedListener;
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
import org.jspecify.annotations.Nullable;

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
        GuardedEndPoint endPoint = GuardedEndPoint.of(request);
        if (endPoint == null
                || !(request.getConnectionMetaData().getConnector() instanceof GuardedConnector connector)) {
            return super.handle(request, response, callback);
        }
        // tag::work[]
        RequestsInProgress requests = endPoint.requests();
        if (!requests.begin()) {
            callback.failed(new EofException("the connection was evicted"));
            return true;
        }
        Request.addCompletionListener(request, failure -> ended(requests, request, response));
        // end::work[]
        // tag::stalled[]
        GuardedListener listener = connector.listener();
        if (listener != null && listener.admitRequest(endPoint.source()).refused()) {
            listener.countRefusedRequest();
            refuse(request, response, callback, listener.retryAfterSeconds());
            return true;
        }
        // end::stalled[]
        if (connector.leaving()) {
            closeAfter(request, response);
        }
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
        response.getHeaders().put(HttpHeader.RETRY_AFTER, seconds);
        response.getHeaders().put(Refusal.HEADER, Refusal.WORK.headerValue());
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain");
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
        public void demand(@Nullable Runnable demanded) {
            if (demanded == null) {
                super.demand(null);
                return;
            }
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
