/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** HTTP/2 by prior knowledge (RFC 9113, 3.3), frame by frame, on one connection: shows what is on the wire. */
final class Http2Client implements AutoCloseable {
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int WINDOW_UPDATE = 8;
    private static final int END_STREAM = 1;
    private static final int ACK = 1;
    private static final int END_HEADERS = 4;

    private record Frame(int type, int flags, int stream, ByteBuffer payload) {}

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;
    private final List<String> goAways = new CopyOnWriteArrayList<>();
    private int nextStream = 1;

    Http2Client(int port) throws IOException {
        this(new Socket(), port);
    }

    /** The same over TLS, agreed on by ALPN. */
    static Http2Client overTls(int port) throws IOException {
        SSLSocket tls = RawClient.tlsSocket();
        SSLParameters http2 = tls.getSSLParameters();
        http2.setApplicationProtocols(new String[] {"h2"});
        tls.setSSLParameters(http2);
        return new Http2Client(tls, port);
    }

    private Http2Client(Socket socket, int port) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(20_000);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 10_000);
        in = new DataInputStream(socket.getInputStream());
        out = new DataOutputStream(socket.getOutputStream());
        out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        write(SETTINGS, 0, 0, new byte[0]);
    }

    /** Asks, reads the whole answer, and returns the stream's number. */
    int get(String path) throws IOException {
        int stream = nextStream;
        nextStream += 2;
        write(HEADERS, END_STREAM | END_HEADERS, stream, head(path));
        for (Frame frame = read(); ; frame = read()) {
            if (frame.stream == stream && (frame.flags & END_STREAM) != 0) {
                return stream;
            }
        }
    }

    /** Asks, and reads nothing. */
    void send(String path) throws IOException {
        write(HEADERS, END_STREAM | END_HEADERS, nextStream, head(path));
        nextStream += 2;
    }

    /**
     * Asks for much, and takes it at this pace at first.
     *
     * @return its bytes
     */
    long download(String path, long slowNanos, int bytesPerSecond) throws IOException, InterruptedException {
        // The largest windows, so that the kernel's buffers hold the server back.
        write(SETTINGS, 0, 0, new byte[] {0, 4, 0x7f, -1, -1, -1});
        write(WINDOW_UPDATE, 0, 0, new byte[] {0x7f, -1, 0, 0});
        int stream = nextStream;
        nextStream += 2;
        write(HEADERS, END_STREAM | END_HEADERS, stream, head(path));
        long bytes = 0;
        long start = System.nanoTime();
        for (Frame frame = read(); ; frame = read()) {
            if (frame.type == DATA) {
                bytes += frame.payload.remaining();
                long early = bytes * 1_000_000_000L / bytesPerSecond - (System.nanoTime() - start);
                if (early > 0 && System.nanoTime() - start < slowNanos) {
                    Thread.sleep(early / 1_000_000);
                }
            }
            if (frame.stream == stream && (frame.flags & END_STREAM) != 0) {
                return bytes;
            }
        }
    }

    /** Posts what comes, a frame a byte; returns the body of the answer. */
    String upload(String path, InputStream body) throws IOException {
        int stream = nextStream;
        nextStream += 2;
        byte[] head = head(path);
        head[0] = (byte) 0x83;
        write(HEADERS, END_HEADERS, stream, head);
        for (int b = body.read(); b >= 0; b = body.read()) {
            write(DATA, 0, stream, new byte[] {(byte) b});
        }
        write(DATA, END_STREAM, stream, new byte[0]);
        return body(stream);
    }

    /** Asks; returns the body of the answer. */
    String ask(String path) throws IOException {
        int stream = nextStream;
        nextStream += 2;
        write(HEADERS, END_STREAM | END_HEADERS, stream, head(path));
        return body(stream);
    }

    private String body(int stream) throws IOException {
        StringBuilder body = new StringBuilder();
        for (Frame frame = read(); ; frame = read()) {
            if (frame.stream == stream && frame.type == DATA) {
                body.append(StandardCharsets.US_ASCII.decode(frame.payload));
            }
            if (frame.stream == stream && (frame.flags & END_STREAM) != 0) {
                return body.toString();
            }
        }
    }

    /** What the server sends from now on, without acknowledgements, and how it ends. */
    List<String> untilTheEnd() throws IOException {
        List<String> seen = new ArrayList<>();
        try {
            while (true) {
                Frame frame = read();
                if (frame.type == GOAWAY) {
                    seen.add(goAways.get(goAways.size() - 1));
                }
            }
        } catch (java.io.EOFException e) {
            seen.add("FIN");
        } catch (SocketTimeoutException e) {
            seen.add("nothing");
        } catch (IOException e) {
            seen.add("RST");
        }
        return seen;
    }

    /** All that were read, whatever for. */
    List<String> goAways() {
        return goAways;
    }

    /** Whether the server has closed it, looking for a moment only. */
    boolean hasEnded() throws IOException {
        socket.setSoTimeout(50);
        try {
            List<String> seen = untilTheEnd();
            return !seen.contains("nothing");
        } finally {
            socket.setSoTimeout(20_000);
        }
    }

    private Frame read() throws IOException {
        int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
        Frame frame = new Frame(
                in.readUnsignedByte(), in.readUnsignedByte(), in.readInt(), ByteBuffer.wrap(in.readNBytes(length)));
        if (frame.type == GOAWAY) {
            goAways.add("GOAWAY " + frame.payload.getInt(0)
                    + (frame.payload.getInt(4) == 0 ? " NO_ERROR" : " error " + frame.payload.getInt(4)));
        }
        if ((frame.type == SETTINGS || frame.type == PING) && (frame.flags & ACK) == 0) {
            byte[] echo = new byte[frame.type == PING ? frame.payload.remaining() : 0];
            frame.payload.duplicate().get(echo);
            write(frame.type, ACK, 0, echo);
        }
        return frame;
    }

    private void write(int type, int flags, int stream, byte[] payload) throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        DataOutputStream to = new DataOutputStream(frame);
        to.writeByte(payload.length >> 16);
        to.writeShort(payload.length);
        to.writeByte(type);
        to.writeByte(flags);
        to.writeInt(stream);
        to.write(payload);
        out.write(frame.toByteArray());
    }

    /** HPACK without Huffman or dynamic table (RFC 7541): GET, http, https and / are in the static one. */
    private byte[] head(String path) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.write(0x82);
        block.write(socket instanceof SSLSocket ? 0x87 : 0x86);
        literal(block, 4, path);
        literal(block, 1, "localhost");
        return block.toByteArray();
    }

    private static void literal(ByteArrayOutputStream block, int name, String value) {
        block.write(name);
        block.write(value.length());
        block.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
