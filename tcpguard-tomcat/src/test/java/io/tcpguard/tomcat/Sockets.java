/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import jakarta.servlet.ServletContext;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.catalina.Context;
import org.apache.tomcat.websocket.server.WsSci;
import org.jspecify.annotations.Nullable;

/** WebSockets of {@link WorkMain}, and their clients: one side speaks, or nobody, until somebody releases. */
final class Sockets {
    private static final CountDownLatch RELEASE = new CountDownLatch(1);

    private Sockets() {}

    static void release() {
        RELEASE.countDown();
    }

    static void serve(Context context) {
        context.addServletContainerInitializer(new WsSci(), null);
        context.addServletContainerInitializer((classes, servlets) -> add(servlets), null);
    }

    private static void add(ServletContext servlets) {
        try {
            ((ServerContainer) servlets.getAttribute(ServerContainer.class.getName()))
                    .addEndpoint(ServerEndpointConfig.Builder.create(Speaking.class, "/socket/{who}")
                            .build());
        } catch (DeploymentException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Says something now and then if it is its turn, and "last" at the end. */
    public static final class Speaking extends Endpoint {
        @Override
        public void onOpen(Session session, EndpointConfig config) {
            boolean speaks =
                    String.valueOf(session.getPathParameters().get("who")).equals("server");
            session.addMessageHandler(String.class, (MessageHandler.Whole<String>) text -> echo(session, text));
            Thread thread = new Thread(() -> speak(session, speaks), "socket");
            thread.setDaemon(true);
            thread.start();
        }

        private static void echo(Session session, String text) {
            if (text.startsWith("echo ")) {
                session.getAsyncRemote().sendText(text, sent -> {});
            }
        }

        private static void speak(Session session, boolean speaks) {
            try {
                while (!RELEASE.await(100, TimeUnit.MILLISECONDS)) {
                    if (speaks) {
                        session.getBasicRemote().sendText("word");
                    }
                }
                session.getBasicRemote().sendText("last");
            } catch (IOException e) {
                throw new IllegalStateException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** A client that asks for its own words back. */
    static Talk talk(int port) throws Exception {
        Talk talk = new Talk();
        talk.socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create("ws://localhost:" + port + "/socket/nobody"), talk)
                .get(30, TimeUnit.SECONDS);
        return talk;
    }

    static final class Talk implements WebSocket.Listener {
        private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        private final CountDownLatch over = new CountDownLatch(1);
        private @Nullable WebSocket socket;

        /** Whether a word came back, before the end or two seconds. */
        boolean echoed(String word) throws InterruptedException {
            try {
                Objects.requireNonNull(socket).sendText("echo " + word, true).get(2, TimeUnit.SECONDS);
            } catch (ExecutionException | TimeoutException closed) {
                return false;
            }
            for (int i = 0; i < 40 && over.getCount() > 0; i++) {
                if (("echo " + word).equals(heard.poll(50, TimeUnit.MILLISECONDS))) {
                    return true;
                }
            }
            return false;
        }

        void abort() {
            Objects.requireNonNull(socket).abort();
        }

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
            heard.add(text.toString());
            from.request(1);
            return CompletableFuture.completedFuture(text);
        }

        @Override
        public CompletionStage<?> onClose(WebSocket from, int status, String reason) {
            over.countDown();
            return CompletableFuture.completedFuture(reason);
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            over.countDown();
        }
    }

    /** @param who speaks: server, client or nobody */
    static String client(int port, String who) throws Exception {
        CompletableFuture<String> end = new CompletableFuture<>();
        WebSocket socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create("ws://localhost:" + port + "/socket/" + who), new Listening(end))
                .get(30, TimeUnit.SECONDS);
        while (!end.isDone()) {
            if (who.equals("client")) {
                socket.sendText("word", true).get(30, TimeUnit.SECONDS);
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        return end.get();
    }

    private record Listening(CompletableFuture<String> end) implements WebSocket.Listener {
        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
            if (text.toString().equals("last")) {
                end.complete("whole");
            }
            socket.request(1);
            return CompletableFuture.completedFuture(text);
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            end.complete("closed: " + status);
            return CompletableFuture.completedFuture(reason);
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            end.complete(error.toString());
        }
    }
}
