/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerAdapter;
import io.netty.channel.ChannelHandlerContext;
import io.tcpguard.state.Admission;

/** Admits or refuses a child channel from inside its own pipeline, and leaves. */
@Sharable
@SuppressWarnings("FutureReturnValueIgnored") // the close future itself
final class ChildAdmissionHandler extends ChannelHandlerAdapter {
    private final Ports ports;

    ChildAdmissionHandler(Ports ports) {
        this.ports = ports;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        try {
            decide(ctx);
        } catch (RuntimeException | Error e) {
            // A handler that throws here takes the connection down with it.
            NettyLog.LOG.error("{} is not guarded", ctx.channel(), e);
        }
        ctx.pipeline().remove(ctx.name());
    }

    private void decide(ChannelHandlerContext ctx) {
        Channel child = ctx.channel();
        Channel server = child.parent();
        if (server == null || child.hasAttr(ConnectionTracker.KEY)) {
            return;
        }
        ServerPort port = ports.tryOf(server);
        if (port == null) {
            return;
        }
        Admission decision = port.decideNow(child);
        if (decision == Admission.ADMIT) {
            ConnectionTracker tracker = port.admit(child);
            // It is in the hands of its event loop already.
            tracker.served();
            ctx.pipeline().addAfter(ctx.name(), null, tracker);
        } else if (ports.behindProxy && decision == Admission.RESPOND) {
            child.closeFuture().addListener(gone -> ports.answered());
            ctx.pipeline().addFirst(SilentLeave.ofNew(true));
        } else if (ports.behindProxy && decision == Admission.CLOSE) {
            boolean mayTakeTime = ports.tryLeave();
            if (mayTakeTime) {
                child.closeFuture().addListener(gone -> ports.left());
            }
            ctx.pipeline().addFirst(mayTakeTime ? SilentLeave.ofNew(true) : SilentLeave.inHaste());
        } else {
            if (decision == Admission.RESPOND) {
                // Nothing is said here: the close that follows is the answer, and takes no slot.
                ports.answered();
            }
            ChannelCloser.registered(child, decision);
        }
    }
}
