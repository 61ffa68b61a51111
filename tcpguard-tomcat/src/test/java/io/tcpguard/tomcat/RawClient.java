/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import io.tcpguard.testkit.SelfSigned;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** An HTTP/1.1 client that shows exactly what is on the wire. */
final class RawClient implements AutoCloseable {
    private static final SSLSocketFactory TLS = SelfSigned.trusting().getSocketFactory();

    private final Socket socket;

    RawClient(int port) throws IOException {
        this(new Socket(), port);
    }

    private RawClient(Socket socket, int port) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(20_000);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 10_000);
    }

    /** The same over TLS, for a server whose certificate nobody vouches for. */
    static RawClient overTls(int port) throws IOException {
        return new RawClient(TLS.createSocket(), port);
    }

    /** The same from another address of this machine. */
    static RawClient from(String address, int port) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(InetAddress.getByName(address), 0));
        return new RawClient(socket, port);
    }

    static SSLSocket tlsSocket() throws IOException {
        return (SSLSocket) TLS.createSocket();
    }

    /** Over TLS 1.2: the server has the whole handshake when the client has it. */
    RawClient shakeHands() throws IOException {
        SSLSocket tls = (SSLSocket) socket;
        tls.setEnabledProtocols(new String[] {"TLSv1.2"});
        tls.startHandshake();
        return this;
    }

    /** Waits for no answer longer than this. */
    RawClient patience(int millis) throws IOException {
        socket.setSoTimeout(millis);
        return this;
    }

    RawClient shutdownOutput() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    /** How a connection ends that is refused, perhaps before {@code connect} has returned. */
    static String refusal(int port) {
        try (RawClient client = new RawClient(port)) {
            return client.ending();
        } catch (IOException e) {
            return "RST";
        }
    }

    RawClient send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    /** Sends a request that keeps the connection alive, and reads the answer. */
    String get(String path) throws IOException {
        send("GET " + path + " HTTP/1.1\r\nHost: test\r\n\r\n");
        return answer();
    }

    /** One answer: head and as much body as its Content-Length says. What is there if the connection ends before. */
    String answer() throws IOException {
        InputStream in = socket.getInputStream();
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        int b;
        while (!read.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n") && (b = in.read()) >= 0) {
            read.write(b);
        }
        String head = read.toString(StandardCharsets.ISO_8859_1);
        int at = head.toLowerCase(java.util.Locale.ROOT).indexOf("content-length: ");
        if (at >= 0) {
            int length = Integer.parseInt(head.substring(at + 16, head.indexOf('\r', at)));
            read.writeBytes(in.readNBytes(length));
        }
        return read.toString(StandardCharsets.ISO_8859_1);
    }

    /** How the server ended it: "FIN", "RST" or the byte that came. */
    String ending() throws IOException {
        try {
            int b = socket.getInputStream().read();
            return b < 0 ? "FIN" : "byte " + b;
        } catch (SocketTimeoutException e) {
            return "nothing";
        } catch (IOException e) {
            return "RST";
        }
    }

    /** A head, to the empty line. */
    String head() throws IOException {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        int b;
        while (!read.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")
                && (b = socket.getInputStream().read()) >= 0) {
            read.write(b);
        }
        return read.toString(StandardCharsets.ISO_8859_1);
    }

    InputStream in() throws IOException {
        return socket.getInputStream();
    }

    /** All that comes until the server ends it. */
    String untilTheEnd() throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    /** Whether the server has ended it, looking for a moment only; nothing else may be on its way. */
    boolean ended() throws IOException {
        socket.setSoTimeout(50);
        try {
            return !ending().equals("nothing");
        } finally {
            socket.setSoTimeout(20_000);
        }
    }

    /** Whether the server has not ended it, whatever it has sent. */
    boolean stillThere() throws IOException {
        socket.setSoTimeout(50);
        try {
            while (socket.getInputStream().read() >= 0) {
                // Its bytes are not the question.
            }
            return false;
        } catch (SocketTimeoutException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Reads to its end, after which the kernel still takes a byte for it unless a reset has come, too. */
    boolean endsWithoutReset() {
        try {
            socket.getInputStream().readAllBytes();
            Thread.sleep(20);
            socket.getOutputStream().write('x');
            return true;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } catch (SocketTimeoutException e) {
            throw new AssertionError("it does not end", e);
        } catch (IOException e) {
            return false;
        }
    }

    /** How many bytes still come until it ends, by whatever. */
    long bytesUntilItEnds() {
        long bytes = 0;
        byte[] some = new byte[8192];
        try {
            for (int n = socket.getInputStream().read(some);
                    n >= 0;
                    n = socket.getInputStream().read(some)) {
                bytes += n;
            }
        } catch (SocketTimeoutException e) {
            throw new AssertionError("it does not end", e);
        } catch (IOException e) {
            // By a reset.
        }
        return bytes;
    }

    void closeByReset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
