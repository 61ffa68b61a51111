/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.Admission;
import io.tcpguard.state.Level;
import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RefusalResponderTest {
    private static final String ANSWER =
            """
            HTTP/1.1 503 Service Unavailable\r
            Retry-After: 2\r
            X-Tcpguard: refused; cause=connections\r
            Content-Type: text/plain\r
            Content-Length: 84\r
            Connection: close\r
            \r
            Refused: this server has no free slot for another connection now.
            Try again in 2 s.
            """;

    private final FakeView view = new FakeView();
    private final List<Socket> clients = new ArrayList<>();
    private IoThread io;
    private ServerSocketChannel server;
    private int port;

    @BeforeEach
    void open() throws IOException {
        io = IoThread.open(GuardConfig.defaults(), view);
        io.start();
        server = ServerSocketChannel.open();
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
        port = server.socket().getLocalPort();
    }

    @AfterEach
    void close() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
        server.close();
        io.close();
        assertThat(io.refusalsHeld()).isZero();
    }

    @Test
    void answers503ThatEveryClientCanReadWhole() throws Exception {
        int count = 200;
        AtomicInteger whole = new AtomicInteger();
        Thread acceptor = new Thread(() -> {
            for (int i = 0; i < count; i++) {
                io.refuse(accept(), Admission.RESPOND, 2, 40);
            }
        });
        acceptor.start();
        List<Thread> users = new ArrayList<>();
        for (int t = 0; t < 10; t++) {
            Thread user = new Thread(() -> {
                for (int i = 0; i < count / 10; i++) {
                    if (refusedByAnswer("GET /login HTTP/1.1\r\nHost: h\r\n\r\n")) {
                        whole.incrementAndGet();
                    }
                }
            });
            user.start();
            users.add(user);
        }
        for (Thread user : users) {
            user.join();
        }
        acceptor.join();

        // A client that the machine held up for longer than our patience is closed on: few, if any.
        assertThat(whole.get()).isGreaterThanOrEqualTo(count * 95 / 100);
        // The clients closed first, so the TIME_WAITs are on the clients' side.
        assertThat(Wire.timeWaits(port)).isLessThanOrEqualTo(count * 5 / 100);
        Await.until("the pool is empty", () -> io.refusalsHeld() == 0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"garbage", "\u0016\u0003\u0001\u0002\u0000", "GET / HTTP/1.1\r\nHost: h", "GET / HTTP/1.1\n\n"})
    void answersWhateverWasSent(String request) throws IOException {
        Socket client = connected();
        Wire.send(client, request);

        assertThat(io.refuse(accept(), Admission.RESPOND, 2, 8)).isEqualTo(Admission.RESPOND);

        assertThat(readAnswer(client)).isEqualTo(ANSWER);
        client.close();
        Await.until("the slot is free", () -> io.refusalsHeld() == 0);
    }

    /** Whole, a byte at a time, its beginning only; and where there is no slot to wait in. */
    @ParameterizedTest
    @ValueSource(strings = {"whole", "slowly", "begun", "in passing"})
    void tellsHttp2WithPriorKnowledgeToGo(String how) throws Exception {
        String preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
        Socket client = connected();
        if (!how.equals("slowly")) {
            Wire.send(client, how.equals("begun") ? preface.substring(0, 14) : preface);
        }
        view.withoutResets();
        io.refuse(accept(), Admission.RESPOND, 2, how.equals("in passing") ? 0 : 8);
        for (int i = 0; how.equals("slowly") && i < preface.length(); i++) {
            Wire.send(client, preface.substring(i, i + 1));
        }
        if (how.equals("begun")) {
            client.shutdownOutput();
        }

        byte[] answer = client.getInputStream().readNBytes(26);

        // SETTINGS, and a GOAWAY with stream 0 and NO_ERROR: nothing was worked on, all may be asked again.
        assertThat(answer)
                .isEqualTo(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
    }

    @Test
    void answersOtherMethodsOfItsFirstLettersAsHttp1() throws IOException {
        Socket client = connected();
        Wire.send(client, "PRIVATE / HTTP/1.1\r\n\r\n");

        io.refuse(accept(), Admission.RESPOND, 2, 8);

        assertThat(readAnswer(client)).isEqualTo(ANSWER);
    }

    @Test
    void answersARequestLongerThanItIsWillingToRead() throws IOException {
        Socket client = connected();
        io.refuse(accept(), Admission.RESPOND, 2, 8);

        Wire.send(client, "POST /upload HTTP/1.1\r\n" + "a: b\r\n".repeat(10_000));

        assertThat(readAnswer(client)).isEqualTo(ANSWER);
    }

    @Test
    void answersAClientThatHalfClosed() throws IOException {
        Socket client = connected();
        Wire.send(client, "GET / HTTP/1.1\r\n");
        client.shutdownOutput();

        io.refuse(accept(), Admission.RESPOND, 2, 8);

        assertThat(Wire.readToEnd(client)).isEqualTo(ANSWER);
    }

    @Test
    void closesOnASilentClientInOrderNotByReset() throws IOException {
        Socket client = connected();

        io.refuse(accept(), Admission.RESPOND, 2, 8);

        assertThat(client.getInputStream().read()).isEqualTo(-1);
        Await.until("the slot is free", () -> io.refusalsHeld() == 0);
    }

    @Test
    void resetsASilentClientWhileTimeWaitLeads() throws IOException {
        view.resetsOnly();
        Socket client = connected();

        io.refuse(accept(), Admission.RESPOND, 2, 8);

        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
    }

    @Test
    void closesOnAClientThatDoesNotCloseAfterItsAnswer() throws IOException {
        Socket client = connected();
        Wire.send(client, "GET / HTTP/1.1\r\n\r\n");

        io.refuse(accept(), Admission.RESPOND, 2, 8);

        // The end of the stream is ours: the client holds on.
        assertThat(Wire.readToEnd(client)).isEqualTo(ANSWER);
        Await.until("the slot is free", () -> io.refusalsHeld() == 0);
    }

    /** To close over bytes that nobody has read is a reset. */
    @Test
    void neverClosesOnAClientThatIsInTheMiddleOfItsUploadThoughOthersWaitForItsSlot() throws Exception {
        view.withoutResets();
        int slots = 4;
        byte[] part = new byte[1 << 16];
        for (int i = 0; i < slots; i++) {
            Wire.send(connected(), "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n");
            io.refuse(accept(), Admission.RESPOND, 2, slots);
        }
        AtomicInteger over = new AtomicInteger();
        Thread others = new Thread(() -> {
            try {
                for (int i = 0; i < 4; i++) {
                    connected();
                    io.refuse(accept(), Admission.RESPOND, 2, slots);
                }
            } catch (IOException e) {
                throw new AssertionError(e);
            } finally {
                over.set(1);
            }
        });
        List<Socket> uploads = List.copyOf(clients);
        others.start();
        while (over.get() == 0) {
            for (Socket upload : uploads) {
                upload.getOutputStream().write(part);
            }
        }
        others.join();
        for (Socket upload : uploads) {
            upload.getOutputStream().write(part);
            assertThat(readAnswer(upload)).isEqualTo(ANSWER);
        }
    }

    @Test
    void freesThePlaceOfAClientThatIsGone() throws IOException {
        Socket client = connected();
        client.setSoLinger(true, 0);
        SocketChannel accepted = accept();
        client.close();

        io.refuse(accepted, Admission.RESPOND, 2, 8);

        Await.until("the slot is free", () -> io.refusalsHeld() == 0);
        assertThat(accepted.isOpen()).isFalse();
    }

    @Test
    void resetsAtOnceWhenToldSo() throws IOException {
        Socket client = connected();

        assertThat(io.refuse(accept(), Admission.RESET, 2, 8)).isEqualTo(Admission.RESET);

        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        assertThat(io.refusalsHeld()).isZero();
    }

    @Test
    void whoDawdlesHoldsItsPlaceNoLongerThanWhoIsSilent() throws Exception {
        List<Integer> refused = new ArrayList<>();
        for (String said : List.of("", "G", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\n\r\n")) {
            long until = System.nanoTime() + 1_000_000_000L;
            int answered = 0;
            while (System.nanoTime() - until < 0) {
                Socket client = Wire.connect(port);
                clients.add(client);
                Wire.send(client, said);
                // Eight slots for all, as on a full server.
                answered += io.refuse(accept(), Admission.RESPOND, 2, 8) == Admission.RESPOND ? 1 : 0;
            }
            refused.add(answered);
        }
        int slowest = refused.stream().min(Integer::compare).orElseThrow();
        int fastest = refused.stream().max(Integer::compare).orElseThrow();
        assertThat(fastest).as("%s", refused).isLessThanOrEqualTo(3 * slowest);
    }

    @Test
    void saysWhyByTheCauseThatRefuses() throws IOException {
        view.says(Level.SHED, Signal.ACCEPT_QUEUE, 90, "queue");
        Await.until("the thread goes round", () -> {
            io.execute(() -> {});
            return refusedBy("GET / HTTP/1.1\r\n\r\n").contains("X-Tcpguard: refused; cause=queue\r\n");
        });
        assertThat(refusedBy("HEAD / HTTP/1.1\r\n\r\n"))
                .contains("Content-Length: 69\r\n")
                .endsWith("\r\n\r\n");
    }

    private String refusedBy(String request) {
        try (Socket client = Wire.connect(port)) {
            Wire.send(client, request);
            io.refuse(accept(), Admission.RESPOND, 2, 8);
            return Wire.readToEnd(client);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void resetsWhenThereIsNoRoom() throws IOException {
        Socket client = connected();

        assertThat(io.refuse(accept(), Admission.RESPOND, 2, 0)).isEqualTo(Admission.RESET);

        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
    }

    @Test
    void resetsWhenNoPlaceGetsFreeWhileItWaits() throws Exception {
        // Both slots are taken by connections that the thread can't end, since a task holds it up.
        Object gate = new Object();
        AtomicInteger reached = new AtomicInteger();
        synchronized (gate) {
            io.execute(() -> {
                reached.set(1);
                synchronized (gate) {
                    reached.set(2);
                }
            });
            Await.until("the thread is held up", () -> reached.get() == 1);
            for (int i = 0; i < 2; i++) {
                connected();
                assertThat(io.refuse(accept(), Admission.RESPOND, 2, 2)).isEqualTo(Admission.RESPOND);
            }
            Socket third = connected();

            assertThat(io.refuse(accept(), Admission.RESPOND, 2, 2)).isEqualTo(Admission.RESET);

            assertThatThrownBy(() -> third.getInputStream().read()).isInstanceOf(SocketException.class);
            assertThat(io.refusalsHeld()).isEqualTo(2);
        }
        Await.until("the slots are free", () -> io.refusalsHeld() == 0);
    }

    @Test
    void takesTheNextOneAsSoonAsSomebodyLeaves() throws Exception {
        for (int i = 0; i < 50; i++) {
            Thread user = new Thread(() -> refusedByAnswer("GET / HTTP/1.1\r\n\r\n"));
            user.start();
            assertThat(io.refuse(accept(), Admission.RESPOND, 2, 40)).isEqualTo(Admission.RESPOND);
            user.join();
        }
        Await.until("the pool is empty", () -> io.refusalsHeld() == 0);
    }

    @Test
    void isServedAtOnceAlsoByAThreadWhoseLastFlushTookTheWakeUp() throws IOException {
        Poller poller = new Poller();
        RefusalResponder responder = new RefusalResponder(poller, view, () -> 0);
        responder.open();
        connected();

        responder.refuse(accept(), Admission.RESPOND, 2, 8, true);
        poller.select(0);

        assertThat(responder.untilNext(0)).isZero();
        responder.shut(0);
        poller.close();
    }

    @Test
    void leavesAnAdmittedConnectionAlone() throws IOException {
        connected();
        SocketChannel accepted = accept();

        assertThat(io.refuse(accepted, Admission.ADMIT, 2, 8)).isEqualTo(Admission.ADMIT);

        assertThat(accepted.isOpen()).isTrue();
        accepted.close();
    }

    @Test
    void resetsAfterTheThreadWasClosed() throws IOException {
        io.close();
        connected();
        SocketChannel accepted = accept();

        assertThat(io.refuse(accepted, Admission.RESPOND, 2, 8)).isEqualTo(Admission.RESET);

        assertThat(accepted.isOpen()).isFalse();
    }

    @Test
    void survivesAChannelThatIsClosedAlreadyAndAnInterruptedCaller() throws IOException {
        connected();
        SocketChannel accepted = accept();
        accepted.close();
        Thread.currentThread().interrupt();
        try {
            io.refuse(accepted, Admission.RESPOND, 2, 8);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        Await.until("the slot is free", () -> io.refusalsHeld() == 0);
    }

    private boolean refusedByAnswer(String request) {
        try (Socket socket = Wire.connect(port)) {
            Wire.send(socket, request);
            return readAnswer(socket).equals(ANSWER);
        } catch (IOException e) {
            return false;
        }
    }

    /** As a client does that knows where an answer without a body ends. */
    private static String readAnswer(Socket socket) throws IOException {
        StringBuilder answer = new StringBuilder();
        while (answer.length() < ANSWER.length()) {
            int b = socket.getInputStream().read();
            if (b < 0) {
                break;
            }
            answer.append((char) b);
        }
        return answer.toString();
    }

    private Socket connected() throws IOException {
        Socket client = Wire.connect(port);
        clients.add(client);
        return client;
    }

    private SocketChannel accept() {
        try {
            return server.accept();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
