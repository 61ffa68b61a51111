package io.tcpguard.internal.io;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.charset.StandardCharsets;

/**
 * Answers datagrams while up and is silent while down. Costs no descriptor per check. The answer is three bytes, so it
 * amplifies nothing.
 */
final class UdpChecks implements Ready, Closeable {
    private static final int DATAGRAMS = 64;

    private final DatagramChannel channel;
    private final IoThread.View view;
    private final Checkers checkers;
    private final ByteBuffer in = ByteBuffer.allocateDirect(512);
    private final ByteBuffer answer = ByteBuffer.allocateDirect(3).put("UP\n".getBytes(StandardCharsets.US_ASCII));

    UdpChecks(Poller poller, InetSocketAddress address, IoThread.View view, Checkers checkers) throws IOException {
        this.view = view;
        this.checkers = checkers;
        channel = DatagramChannel.open();
        try {
            channel.bind(address);
            poller.register(channel, SelectionKey.OP_READ, this);
        } catch (IOException | RuntimeException e) {
            Quietly.close(channel);
            throw e;
        }
    }

    int port() throws IOException {
        return ((InetSocketAddress) channel.getLocalAddress()).getPort();
    }

    @Override
    public void ready(long now) throws IOException {
        for (int i = 0; i < DATAGRAMS; i++) {
            in.clear();
            SocketAddress from = channel.receive(in);
            if (from == null) {
                return;
            }
            Statement s = Statement.of(view);
            if (from instanceof InetSocketAddress a) {
                checkers.checked(a.getAddress(), "udp", s.up(), s.weight(), null, now);
            }
            if (s.up()) {
                answer.clear();
                channel.send(answer, from);
            }
        }
    }

    @Override
    public void broken() {
        // An error of one datagram (an ICMP answer to the last one, no buffer): the socket is as good as before.
    }

    @Override
    public void close() {
        Quietly.close(channel);
    }
}
