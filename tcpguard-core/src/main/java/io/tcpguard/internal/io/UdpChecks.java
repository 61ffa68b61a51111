/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.charset.StandardCharsets;

/**
 * Checks by datagrams: answered while up, silent while down, without a descriptor per check. Senders may be forged: the
 * answer is never larger than the question; what could be an answer itself, by its port or its text, is not answered,
 * so that no two servers can be made to talk to each other; and the answers are counted ({@link UdpQuota}). Datagrams
 * set neither hold nor ramp. That they come says that a director of LVS checks, so some refusals are resets ({@link
 * io.tcpguard.config.Setting#RESET_BUDGET}); whose count, {@link io.tcpguard.config.Setting#DIRECTORS} says.
 */
final class UdpChecks implements SelectionHandler, Closeable {
    private static final int DATAGRAMS = 64;
    /**
     * Below are services (RFC 6335, 6: system ports), some of which answer anything: DNS, NTP, echo. No check comes
     * from there.
     */
    private static final int FIRST_CLIENT_PORT = 1024;

    private final DatagramChannel channel;
    private final GuardView view;
    private final Checkers checkers;
    private final ByteBuffer in = ByteBuffer.allocateDirect(512);
    private final byte[] text = "UP\n".getBytes(StandardCharsets.US_ASCII);
    private final ByteBuffer answer = ByteBuffer.allocateDirect(text.length).put(text);
    private final UdpQuota quota = new UdpQuota();
    private final int port;

    UdpChecks(Poller poller, InetSocketAddress address, GuardView view, Checkers checkers) throws IOException {
        this.view = view;
        this.checkers = checkers;
        channel = DatagramChannel.open();
        try {
            channel.bind(address);
            port = ((InetSocketAddress) channel.getLocalAddress()).getPort();
            poller.register(channel, SelectionKey.OP_READ, this);
        } catch (IOException | RuntimeException e) {
            Quietly.close(channel);
            throw e;
        }
    }

    int port() {
        return port;
    }

    @Override
    public void ready(long now) throws IOException {
        for (int i = 0; i < DATAGRAMS; i++) {
            in.clear();
            SocketAddress from = channel.receive(in);
            if (from == null) {
                return;
            }
            in.flip();
            if (from instanceof InetSocketAddress a && mayBeAnswered(a) && quota.allows(a.getAddress(), now)) {
                answer(a, now);
            }
        }
    }

    private void answer(InetSocketAddress from, long now) throws IOException {
        HealthStatus s = HealthStatus.of(view);
        checkers.datagram(from.getAddress(), s.up(), s.weight(), now);
        // Nobody but keepalived has such a check.
        checkers.countsConnections(from.getAddress(), "udp");
        if (s.up()) {
            answer.clear().limit(Math.min(answer.capacity(), in.limit()));
            channel.send(answer, from);
        }
    }

    private boolean mayBeAnswered(InetSocketAddress from) {
        InetAddress address = from.getAddress();
        return from.getPort() >= FIRST_CLIENT_PORT
                && from.getPort() != port
                && !address.isAnyLocalAddress()
                && !address.isMulticastAddress()
                && in.hasRemaining()
                && !isLikeOurs();
    }

    /** Begins as our answer does, or is the beginning of it. */
    private boolean isLikeOurs() {
        int compared = Math.min(text.length - 1, in.limit());
        for (int i = 0; i < compared; i++) {
            if (in.get(i) != text[i]) {
                return false;
            }
        }
        return true;
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
