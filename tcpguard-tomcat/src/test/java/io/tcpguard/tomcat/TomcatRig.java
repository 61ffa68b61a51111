/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpUpgradeHandler;
import jakarta.servlet.http.WebConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.Wrapper;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;

/** An embedded Tomcat with one guarded connector and a servlet that does what the path says. */
final class TomcatRig implements AutoCloseable {
    /** Bytes of /big. */
    static final int BIG = 8 << 20;

    final Tomcat tomcat = new Tomcat();
    final Connector connector;
    final GuardedHttp11NioProtocol protocol = new GuardedHttp11NioProtocol();
    final AtomicInteger served = new AtomicInteger();
    final AtomicInteger inService = new AtomicInteger();
    final CountDownLatch blocked = new CountDownLatch(1);
    final CountDownLatch release = new CountDownLatch(1);
    final CompletableFuture<AsyncContext> async = new CompletableFuture<>();
    private final Path base;

    TomcatRig() throws IOException {
        base = Files.createTempDirectory("tomcat");
        tomcat.setBaseDir(base.toString());
        connector = new Connector(protocol);
        connector.setPort(0);
        tomcat.setConnector(connector);
        Context context = tomcat.addContext("", base.toString());
        Wrapper wrapper = Tomcat.addServlet(context, "paths", new Paths());
        wrapper.setAsyncSupported(true);
        wrapper.addMapping("/*");
    }

    TomcatRig start() throws LifecycleException {
        tomcat.start();
        return this;
    }

    int port() {
        return connector.getLocalPort();
    }

    RawClient client() throws IOException {
        return new RawClient(port());
    }

    /** Tomcat's own count, without the slot that the acceptor holds while it waits. */
    long tomcatsCount() {
        return protocol.endpoint().getConnectionCount() - 1;
    }

    @Override
    public void close() throws LifecycleException, IOException {
        release.countDown();
        try {
            tomcat.stop();
            tomcat.destroy();
        } finally {
            Scratch.delete(base);
        }
    }

    private static final class CompletesAtTimeout implements AsyncListener {
        @Override
        public void onTimeout(AsyncEvent event) {
            ((HttpServletResponse) event.getSuppliedResponse()).setContentLength(0);
            event.getAsyncContext().complete();
        }

        @Override
        public void onComplete(AsyncEvent event) {}

        @Override
        public void onError(AsyncEvent event) {}

        @Override
        public void onStartAsync(AsyncEvent event) {}
    }

    /** Takes over the connection and leaves it open. */
    public static final class Taken implements HttpUpgradeHandler {
        @Override
        public void init(WebConnection connection) {}

        @Override
        public void destroy() {}
    }

    private final class Paths extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response)
                throws jakarta.servlet.ServletException, IOException {
            served.incrementAndGet();
            inService.incrementAndGet();
            try {
                serve(request, response);
            } finally {
                inService.decrementAndGet();
            }
        }

        private void serve(HttpServletRequest request, HttpServletResponse response)
                throws jakarta.servlet.ServletException, IOException {
            switch (request.getRequestURI()) {
                case "/block" -> {
                    blocked.countDown();
                    try {
                        release.await();
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                }
                case "/big" -> {
                    byte[] much = new byte[BIG];
                    response.setContentLength(much.length);
                    response.getOutputStream().write(much);
                    return;
                }
                case "/slow" -> {
                    try {
                        Thread.sleep(50);
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                }
                case "/file" -> {
                    Path file = base.resolve("file");
                    if (Files.notExists(file)) {
                        Files.write(file, new byte[BIG]);
                    }
                    request.setAttribute("org.apache.tomcat.sendfile.filename", file.toString());
                    request.setAttribute("org.apache.tomcat.sendfile.start", 0L);
                    request.setAttribute("org.apache.tomcat.sendfile.end", (long) BIG);
                    response.setContentLength(BIG);
                    return;
                }
                case "/stream" -> {
                    response.getWriter().write("ok");
                    response.flushBuffer();
                    return;
                }
                case "/error" -> {
                    response.sendError(404);
                    return;
                }
                case "/reset" -> {
                    response.reset();
                }
                case "/out-of-memory" -> throw new OutOfMemoryError("of a test");
                case "/body" -> request.getInputStream().readAllBytes();
                case "/async" -> {
                    AsyncContext context = request.startAsync();
                    context.setTimeout(0);
                    async.complete(context);
                    return;
                }
                case "/async-timeout" -> {
                    AsyncContext context = request.startAsync();
                    context.setTimeout(1);
                    context.addListener(new CompletesAtTimeout());
                    return;
                }
                case "/upgrade" -> {
                    response.setStatus(101);
                    response.addHeader("Connection", "upgrade");
                    response.setHeader("Upgrade", "own");
                    request.upgrade(Taken.class);
                    return;
                }
                case "/echo" -> {
                    String text = request.getQueryString();
                    response.setContentLength(text.length());
                    response.getWriter().write(text);
                    return;
                }
                default -> {
                    // Answered below.
                }
            }
            response.setContentLength(2);
            response.getWriter().write("ok");
        }
    }
}
