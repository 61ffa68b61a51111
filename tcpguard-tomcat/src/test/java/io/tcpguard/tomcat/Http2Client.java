package io.tcpguard.tomcat;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** HTTP/2 by prior knowledge (RFC 9113, 3.3), frame by frame, on one connection: shows what is on the wire. */
final class Http2Client implements AutoCloseable {
    private static final int HEADERS = 1;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int END_STREAM = 1;
    private static final int ACK = 1;
    private static final int END_HEADERS = 4;

    private record Frame(int type, int flags, int stream, ByteBuffer payload) {}

    private final Socket socket = new Socket();
    private final DataInputStream in;
    private final DataOutputStream out;
    private int nextStream = 1;

    Http2Client(int port) throws IOException {
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

    /** What the server sends from now on, without acknowledgements, and how it ends. */
    List<String> untilTheEnd() throws IOException {
        List<String> seen = new ArrayList<>();
        try {
            while (true) {
                Frame frame = read();
                if (frame.type == GOAWAY) {
                    seen.add("GOAWAY " + frame.payload.getInt(0)
                            + (frame.payload.getInt(4) == 0 ? " NO_ERROR" : " error " + frame.payload.getInt(4)));
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

    /** HPACK without Huffman or dynamic table (RFC 7541): GET, http and / are in the static one. */
    private static byte[] head(String path) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.write(0x82);
        block.write(0x86);
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
