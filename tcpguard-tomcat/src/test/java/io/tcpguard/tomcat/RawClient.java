package io.tcpguard.tomcat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** An HTTP/1.1 client that shows exactly what is on the wire. */
final class RawClient implements AutoCloseable {
    private final Socket socket = new Socket();

    RawClient(int port) throws IOException {
        socket.setSoTimeout(20_000);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 10_000);
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
        } catch (java.net.SocketTimeoutException e) {
            return "nothing";
        } catch (IOException e) {
            return "RST";
        }
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
