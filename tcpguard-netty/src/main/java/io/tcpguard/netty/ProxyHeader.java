/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import io.tcpguard.spi.ConnectionHandle;
import io.tcpguard.spi.GuardedListener;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The client that a PROXY protocol header names (HAProxy's proxy-protocol.txt, 2.1 and 2.2), where the application has
 * a decoder for it: that is how it says that it trusts who connects. Read in passing; the decoder takes it.
 */
final class ProxyHeader {
    private static final String DECODERS = "io.netty.handler.codec.haproxy.";

    /** Reactor Netty's, which makes way for a decoder with the first bytes. */
    private static final String DETECTOR = "reactor.netty.http.server.HAProxyMessageDetector";

    private static final int V1_LONGEST = 107;
    private static final int V2_COMMAND = 12;
    private static final int V2_FAMILY = 13;
    private static final int V2_ADDRESSES = 16;
    private static final int PROXY = 0x21;

    /** Whether its handle knows whose the connection is. Of its event loop. */
    private boolean known;

    /** Looks at what came first. */
    void look(ChannelPipeline pipeline, Object first, ConnectionHandle handle) {
        if (first instanceof ByteBuf bytes && ProxyPreface.isIn(bytes)) {
            try {
                handle.forwards();
                String client = client(pipeline, bytes);
                known = client != null;
                if (client != null) {
                    handle.forwardedFor(client);
                }
            } catch (RuntimeException | Error e) {
                NettyLog.LOG.debug("{}: whose it is was not understood", pipeline.channel(), e);
            }
        }
    }

    /** Whether a request may be worked on, by whose it is. */
    boolean admits(GuardedListener listener, @Nullable InetAddress peer, ConnectionHandle handle) {
        return !known || !listener.admitForwarded(peer, handle).refused();
    }

    /** @param first bytes that begin as the protocol does; null: nobody else than the peer */
    private static @Nullable String client(ChannelPipeline pipeline, ByteBuf first) {
        if (!isDecoded(pipeline)) {
            return null;
        }
        return first.getByte(first.readerIndex()) == 'P' ? ofText(first) : ofBytes(first);
    }

    private static boolean isDecoded(ChannelPipeline pipeline) {
        for (Map.Entry<String, ChannelHandler> handler : pipeline) {
            for (Class<?> type = handler.getValue().getClass(); type != null; type = type.getSuperclass()) {
                if (type.getName().startsWith(DECODERS) || type.getName().equals(DETECTOR)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** {@code PROXY TCP4 198.51.100.7 198.51.100.1 35646 80}. */
    private static @Nullable String ofText(ByteBuf first) {
        int length = Math.min(V1_LONGEST, first.readableBytes());
        int end = first.indexOf(first.readerIndex(), first.readerIndex() + length, (byte) '\r');
        if (end < 0) {
            return null;
        }
        String line = first.toString(first.readerIndex(), end - first.readerIndex(), StandardCharsets.US_ASCII);
        int family = line.indexOf(' ') + 1;
        int address = line.indexOf(' ', family) + 1;
        int behind = line.indexOf(' ', address);
        return line.startsWith("TCP", family) && address > family && behind > address
                ? line.substring(address, behind)
                : null;
    }

    private static @Nullable String ofBytes(ByteBuf first) {
        int begin = first.readerIndex();
        int length = first.readableBytes() <= V2_FAMILY || first.getByte(begin + V2_COMMAND) != PROXY
                ? 0
                : switch (first.getByte(begin + V2_FAMILY) >> 4) {
                    case 1 -> 4;
                    case 2 -> 16;
                    default -> 0;
                };
        if (length == 0 || first.readableBytes() < V2_ADDRESSES + length) {
            return null;
        }
        byte[] address = new byte[length];
        first.getBytes(begin + V2_ADDRESSES, address);
        try {
            return InetAddress.getByAddress(address).getHostAddress();
        } catch (UnknownHostException e) {
            return null;
        }
    }
}
