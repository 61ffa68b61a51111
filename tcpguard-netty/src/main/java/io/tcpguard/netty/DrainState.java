/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * What a connection's client was told while the server drains, and what it has been asked for. Written by the
 * connection's event loop, read by the thread that drains.
 */
abstract class DrainState extends ChannelDuplexHandler {
    private volatile boolean asked;
    private volatile boolean withoutStream;
    private volatile boolean toldToGo;
    private volatile boolean toldLast;
    private volatile boolean hasLastAnswer;

    abstract Channel channel();

    abstract Ports ports();

    /** Who knows what is work here; null: nobody does, yet. */
    abstract @Nullable WorkSource workSource();

    /** Bytes have come; whether they are the first. */
    final boolean noteAsked() {
        if (asked) {
            return false;
        }
        asked = true;
        return true;
    }

    /**
     * Something was asked of it; of HTTP/2, a stream was opened: between the preface and the first one the client waits
     * for our settings.
     */
    boolean asked() {
        return asked && !withoutStream;
    }

    /** An HTTP/2 connection has had no stream yet, or its first. On the event loop. */
    void withoutStream(boolean none) {
        if (withoutStream != none) {
            withoutStream = none;
        }
    }

    boolean toldToGo() {
        return toldToGo;
    }

    boolean toldLast() {
        return toldLast;
    }

    /** The answer that is sent says that it is the last. On the event loop. */
    void lastAnswer() {
        hasLastAnswer = true;
    }

    boolean hasLastAnswer() {
        return hasLastAnswer;
    }

    /** Asks the client to go elsewhere with its next request. On the event loop. */
    void tellToGo(boolean all) {
        WorkSource source = workSource();
        if (source != null && !toldToGo) {
            toldToGo = source.tellToGo(all);
        }
    }

    /** The notice is over: the client is asked to go now, if its protocol has a word for that. On the event loop. */
    void tellLast() {
        if (!toldLast) {
            toldLast = true;
            tellToGo(true);
            Codecs.closeWebSocket(channel(), ports());
        }
    }

    /** Has the event loop do something with it; not if that is gone, and the connection with it. */
    final void onItsLoop(Runnable task) {
        if (channel().isRegistered()) {
            try {
                channel().eventLoop().execute(task);
            } catch (RejectedExecutionException shutDown) {
                NettyLog.LOG.debug("{} ends with its event loop", channel(), shutDown);
            }
        }
    }
}
