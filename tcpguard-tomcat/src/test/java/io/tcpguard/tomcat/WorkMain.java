/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import io.tcpguard.GuardBuilder;
import io.tcpguard.TcpGuard;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.catalina.Context;
import org.apache.catalina.Wrapper;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.http2.Http2Protocol;

/**
 * A server of its own process with few descriptors whose requests stay in progress in each way there is, and end in
 * each way. Says its ports, and ends when its standard input does.
 */
final class WorkMain {
    static final int MUCH = 60 << 20;

    private WorkMain() {}

    /**
     * Arguments: "tls=" with a key store, "threads=", "http2Timeout=" in milliseconds, and settings of the guard as
     * name=value.
     */
    public static void main(String[] args) throws Exception {
        GuardBuilder settings = TcpGuard.builder().healthPort(0);
        String keyStore = null;
        String threads = "40";
        long http2Timeout = 60_000;
        for (String arg : args) {
            String[] nameAndValue = arg.split("=", 2);
            switch (nameAndValue[0]) {
                case "tls" -> keyStore = nameAndValue[1];
                case "threads" -> threads = nameAndValue[1];
                case "http2Timeout" -> http2Timeout = Long.parseLong(nameAndValue[1]);
                default -> settings.set(nameAndValue[0], nameAndValue[1]);
            }
        }
        TcpGuard guard = settings.build().start();
        Path base = Files.createTempDirectory("work");
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(base.toString());
        Connector clear = connector(guard, threads, http2Timeout);
        tomcat.setConnector(clear);
        Connector tls = null;
        if (keyStore != null) {
            tls = connector(guard, threads, http2Timeout);
            Keys.serve(tls, keyStore);
            tomcat.getService().addConnector(tls);
        }
        Path file = base.resolve("much");
        try (RandomAccessFile much = new RandomAccessFile(file.toFile(), "rw")) {
            much.setLength(MUCH);
        }
        Context context = tomcat.addContext("", base.toString());
        Wrapper servlet = Tomcat.addServlet(context, "work", new Work(file));
        servlet.setAsyncSupported(true);
        servlet.addMapping("/*");
        Sockets.serve(context);
        tomcat.start();
        System.out.println("tls " + (tls == null ? -1 : tls.getLocalPort()));
        System.out.println("ports " + clear.getLocalPort() + " " + guard.healthPort());
        while (System.in.read() >= 0) {
            // Anything but the end means nothing.
        }
        Runtime.getRuntime().halt(0);
    }

    private static Connector connector(TcpGuard guard, String threads, long http2Timeout) {
        Connector connector = TomcatGuard.connector(guard, 0);
        connector.setProperty("maxThreads", threads);
        connector.setProperty("minSpareThreads", String.valueOf(Math.min(40, Integer.parseInt(threads))));
        connector.setProperty("maxKeepAliveRequests", "-1");
        connector.setProperty("connectionTimeout", "60000");
        connector.setProperty("socket.txBufSize", "65536");
        Http2Protocol http2 = new Http2Protocol();
        http2.setReadTimeout(http2Timeout);
        http2.setKeepAliveTimeout(60_000);
        // A byte a frame is no attack here.
        http2.setOverheadCountFactor(0);
        http2.setOverheadDataThreshold(0);
        http2.setOverheadWindowUpdateThreshold(0);
        connector.addUpgradeProtocol(http2);
        return connector;
    }

    private static final class Work extends HttpServlet {
        private static final long serialVersionUID = 1L;

        private final transient Path file;
        private final transient ScheduledExecutorService others = new ScheduledThreadPoolExecutor(2);
        private final transient CountDownLatch release = new CountDownLatch(1);

        /** Asynchronous requests that heard of an error. */
        private final transient AtomicInteger told = new AtomicInteger();

        Work(Path file) {
            this.file = file;
        }

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            String[] path = request.getRequestURI().substring(1).split("/");
            switch (path[0]) {
                case "block" -> {
                    try {
                        release.await();
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                    say(response);
                }
                case "release" -> {
                    release.countDown();
                    Sockets.release();
                    say(response);
                }
                case "told" -> say(response, told.get());
                case "sleep" -> {
                    sleep(Long.parseLong(path[1]));
                    say(response);
                }
                case "file" -> {
                    request.setAttribute("org.apache.tomcat.sendfile.filename", file.toString());
                    request.setAttribute("org.apache.tomcat.sendfile.start", 0L);
                    request.setAttribute("org.apache.tomcat.sendfile.end", (long) MUCH);
                    response.setContentLength(MUCH);
                }
                case "much" -> {
                    response.setContentLength(MUCH);
                    byte[] some = new byte[1 << 16];
                    for (int sent = 0; sent < MUCH; sent += some.length) {
                        response.getOutputStream().write(some);
                    }
                }
                case "much-non-blocking" -> writeWithoutBlocking(request, response);
                case "read-late" -> {
                    sleep(Long.parseLong(path[1]));
                    say(response, request.getInputStream().readAllBytes().length);
                }
                case "read" -> say(response, request.getInputStream().readAllBytes().length);
                case "both" -> {
                    // A word comes, and goes back at once: streams in both directions.
                    int bytes = 0;
                    for (int b = request.getInputStream().read();
                            b >= 0;
                            b = request.getInputStream().read()) {
                        response.getOutputStream().write(b);
                        response.flushBuffer();
                        bytes++;
                    }
                    response.getOutputStream().print("ok " + bytes);
                }
                case "read-non-blocking" -> readWithoutBlocking(request, response);
                case "upgrade" -> {
                    response.setStatus(101);
                    response.setHeader("Connection", "upgrade");
                    response.setHeader("Upgrade", "own");
                    try {
                        request.upgrade(TomcatRig.Taken.class);
                    } catch (jakarta.servlet.ServletException e) {
                        throw new IOException(e);
                    }
                }
                case "events" -> events(request, response);
                case "async" -> async(request, response, path);
                default -> say(response);
            }
        }

        private void say(HttpServletResponse response) throws IOException {
            say(response, 0);
        }

        private static void say(HttpServletResponse response, long number) throws IOException {
            String text = "ok " + number;
            response.setContentLength(text.length());
            response.getOutputStream().write(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        }

        private static void sleep(long millis) {
            try {
                Thread.sleep(millis);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private static void readWithoutBlocking(HttpServletRequest request, HttpServletResponse response)
                throws IOException {
            AsyncContext context = request.startAsync();
            context.setTimeout(0);
            request.getInputStream().setReadListener(new ReadListener() {
                private final byte[] some = new byte[1024];
                private int bytes;

                @Override
                public void onDataAvailable() throws IOException {
                    while (request.getInputStream().isReady()
                            && !request.getInputStream().isFinished()) {
                        bytes += Math.max(0, request.getInputStream().read(some));
                    }
                }

                @Override
                public void onAllDataRead() throws IOException {
                    say(response, bytes);
                    context.complete();
                }

                @Override
                public void onError(Throwable why) {
                    context.complete();
                }
            });
        }

        private static void writeWithoutBlocking(HttpServletRequest request, HttpServletResponse response)
                throws IOException {
            AsyncContext context = request.startAsync();
            context.setTimeout(0);
            response.setContentLength(MUCH);
            ServletOutputStream out = response.getOutputStream();
            out.setWriteListener(new WriteListener() {
                private final byte[] some = new byte[1 << 16];
                private int sent;

                @Override
                public void onWritePossible() throws IOException {
                    while (out.isReady()) {
                        if (sent == MUCH) {
                            context.complete();
                            return;
                        }
                        out.write(some);
                        sent += some.length;
                    }
                }

                @Override
                public void onError(Throwable why) {
                    context.complete();
                }
            });
        }

        /** A line now, and one each time that somebody releases. */
        private void events(HttpServletRequest request, HttpServletResponse response) throws IOException {
            AsyncContext context = request.startAsync();
            context.setTimeout(0);
            response.setContentType("text/event-stream");
            response.getOutputStream().print("data: first\n\n");
            response.flushBuffer();
            others.execute(() -> {
                try {
                    release.await();
                    response.getOutputStream().print("data: last\n\n");
                    context.complete();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }

        /** async/what/who: what ends it, and which thread calls that. */
        private void async(HttpServletRequest request, HttpServletResponse response, String[] path) throws IOException {
            if (request.getDispatcherType() == jakarta.servlet.DispatcherType.ASYNC) {
                say(response);
                return;
            }
            AsyncContext context = request.startAsync();
            String what = path[1];
            boolean own = path.length > 2 && path[2].equals("own");
            context.setTimeout(what.startsWith("timeout") ? 200 : 0);
            if (what.startsWith("timeout")) {
                context.addListener(new AtTimeout(what, own, this));
                return;
            }
            Runnable end = () -> end(context, what.substring(what.indexOf('-') + 1));
            if (what.equals("wait")) {
                context.addListener(new Told(told));
                var later = others.schedule(end, Long.parseLong(path[2]), TimeUnit.MILLISECONDS);
                assert !later.isCancelled();
            } else if (own) {
                end.run();
            } else {
                var later = others.schedule(end, 200, TimeUnit.MILLISECONDS);
                assert !later.isCancelled();
            }
        }

        private static void end(AsyncContext context, String how) {
            try {
                switch (how) {
                    case "dispatch" -> context.dispatch();
                    case "nothing" -> {
                        // Tomcat ends it.
                    }
                    case "error" -> {
                        ((HttpServletResponse) context.getResponse()).sendError(500);
                        context.complete();
                    }
                    default -> {
                        say((HttpServletResponse) context.getResponse(), 0);
                        context.complete();
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private record Told(AtomicInteger count) implements AsyncListener {
            @Override
            public void onError(AsyncEvent event) {
                count.incrementAndGet();
            }

            @Override
            public void onTimeout(AsyncEvent event) {}

            @Override
            public void onComplete(AsyncEvent event) {}

            @Override
            public void onStartAsync(AsyncEvent event) {}
        }

        private record AtTimeout(String what, boolean own, Work work) implements AsyncListener {
            @Override
            public void onTimeout(AsyncEvent event) {
                Runnable end = () -> end(event.getAsyncContext(), what.substring(what.indexOf('-') + 1));
                if (own) {
                    end.run();
                    return;
                }
                Thread other = new Thread(end, "another");
                other.start();
                try {
                    other.join();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }

            @Override
            public void onComplete(AsyncEvent event) {}

            @Override
            public void onError(AsyncEvent event) {}

            @Override
            public void onStartAsync(AsyncEvent event) {}
        }

        @Override
        public String toString() {
            return "work " + Arrays.asList(file);
        }
    }
}
