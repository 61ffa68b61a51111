/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.ReferenceCountUtil;
import io.tcpguard.spi.Closing;
import io.tcpguard.testkit.FakeControl;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("FutureReturnValueIgnored")
class ConnectionTrackerTest {
    private final Guarded guarded = new Guarded();

    @AfterEach
    void close() {
        guarded.close();
    }

    @Test
    void takesBytesForWorkUntilAnAnswerHasLeft() {
        EmbeddedChannel child = guarded.child();
        FakeControl.Handle handle = guarded.handle();

        child.writeInbound(Unpooled.copyInt(1));
        assertThat(handle.working).hasValue(1);

        child.write(Unpooled.copyInt(2));
        assertThat(handle.working).hasValue(1);

        child.flush();
        assertThat(handle.working).hasValue(0);
        child.releaseInbound();
        child.releaseOutbound();
    }

    @Test
    void staysAtWorkWhenMoreBytesCameBeforeTheAnswerLeft() {
        EmbeddedChannel child = guarded.child();
        FakeControl.Handle handle = guarded.handle();

        child.writeInbound(Unpooled.copyInt(1));
        child.write(Unpooled.copyInt(2));
        child.writeInbound(Unpooled.copyInt(3));
        child.flush();
        assertThat(handle.working).hasValue(1);

        child.writeOutbound(Unpooled.copyInt(4));
        assertThat(handle.working).hasValue(0);
        assertThat(handle.begun).hasValue(1);
        child.releaseInbound();
        child.releaseOutbound();
    }

    @Test
    void guessesAtWorkOnlyUntilACodecIsThere() {
        EmbeddedChannel child = guarded.child();
        FakeControl.Handle handle = guarded.handle();
        child.writeInbound(Unpooled.copyInt(1));
        assertThat(child.pipeline().get(ByteWork.class)).isNotNull();
        assertThat(handle.working).hasValue(1);

        child.pipeline().addLast(new HttpServerCodec());
        child.writeInbound(Unpooled.copiedBuffer("GET /", StandardCharsets.US_ASCII));

        assertThat(child.pipeline().get(ByteWork.class)).isNull();
        assertThat(handle.working).hasValue(0);
        child.releaseInbound();
    }

    @Test
    void putsNothingIntoTheWayOfAnswersWhereACodecKnows() {
        EmbeddedChannel child = guarded.child(new HttpServerCodec());

        child.writeInbound(Unpooled.copiedBuffer("GET /", StandardCharsets.US_ASCII));

        assertThat(child.pipeline().toMap().values())
                .hasSize(3)
                .hasAtLeastOneElementOfType(ConnectionTracker.class)
                .hasAtLeastOneElementOfType(Http1Work.class);
    }

    @Test
    void takesNothingTheServerSaysOnItsOwnForWork() {
        EmbeddedChannel child = guarded.child();

        child.writeOutbound(Unpooled.copyInt(1));

        assertThat(guarded.handle().begun).hasValue(0);
        child.releaseOutbound();
    }

    @Test
    void dropsBytesOfAConnectionThatIsBeingEvicted() {
        EmbeddedChannel child = guarded.child();
        guarded.handle().evicting = true;
        var bytes = Unpooled.copyInt(1);

        child.writeInbound(bytes);

        assertThat(child.inboundMessages()).isEmpty();
        assertThat(bytes.refCnt()).isZero();
    }

    @Test
    void leavesWorkToAnApplicationThatReportsIt() {
        EmbeddedChannel child = guarded.child();
        NettyGuard.connection(child).begin();

        child.writeInbound(Unpooled.copyInt(1));

        assertThat(guarded.handle().begun).hasValue(1);
        assertThat(guarded.handle().touched).hasValue(1);
        child.releaseInbound();
    }

    @Test
    void closesTheBooksOnceHoweverTheConnectionEnds() {
        EmbeddedChannel child = guarded.child();

        child.close();
        child.close();

        assertThat(guarded.handle().closed).hasValue(1);
    }

    @Test
    void closesTheBooksOfAConnectionThatWasNeverRegistered() {
        guarded.server.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object child) {
                ((Channel) child).unsafe().closeForcibly();
            }
        });

        guarded.accept();

        assertThat(guarded.handle().closed).hasValue(1);
    }

    @Test
    void evictsByAResetPastThePipeline() {
        EmbeddedChannel child = guarded.child(new Stubborn());

        guarded.handle().closer.close(Closing.RESET);
        child.runPendingTasks();

        assertThat(child.isOpen()).isFalse();
        assertThat(guarded.handle().closed).hasValue(1);
    }

    @Test
    void evictsInOrderThroughThePipelineButNotForEver() {
        Stubborn stubborn = new Stubborn();
        EmbeddedChannel child = guarded.child(stubborn);

        guarded.handle().closer.close(Closing.ORDERLY);
        child.runPendingTasks();
        assertThat(stubborn.asked).isTrue();
        assertThat(child.isOpen()).isTrue();

        child.advanceTimeBy(1, TimeUnit.SECONDS);
        child.runScheduledPendingTasks();
        assertThat(child.isOpen()).isFalse();
    }

    @Test
    void evictsAConnectionThatItsEventLoopHadNotTakenYet() {
        EmbeddedChannel child = guarded.accept();
        guarded.handle().closer.close(Closing.RESET);

        Guarded.register(child);

        assertThat(child.isOpen()).isFalse();
        assertThat(guarded.handle().closed).hasValue(1);
    }

    /** As some tunnels do: nobody knows then what is in progress. */
    @Test
    void neverEvictsAConnectionWhoseApplicationTookAllHandlersOut() {
        EmbeddedChannel child = guarded.child(new HttpServerCodec());

        while (child.pipeline().first() != null) {
            child.pipeline().removeFirst();
        }

        assertThat(guarded.handle().kept).isTrue();
    }

    /** Its answers come from where nobody behind it sees them. */
    @Test
    void seesTheWorkOfADecoderThatIsTheApplication() {
        EmbeddedChannel child = guarded.child(new Decoding(), new ChannelOutboundHandlerAdapter());
        FakeControl.Handle handle = guarded.handle();

        child.writeInbound(Unpooled.copyInt(1));
        assertThat(handle.working).hasValue(1);

        child.pipeline().context(Decoding.class).writeAndFlush(Unpooled.copyInt(2));
        assertThat(handle.working).hasValue(0);
        child.releaseOutbound();
    }

    @Test
    void givesAnUnguardedChannelAHandleThatDoesNothing() {
        EmbeddedChannel plain = new EmbeddedChannel();

        assertThat(NettyGuard.connection(plain).begin()).isTrue();
        NettyGuard.connection(plain).end();
        ReferenceCountUtil.release(plain.finish());
    }

    private static final class Decoding extends ByteToMessageDecoder {
        @Override
        protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
            in.skipBytes(in.readableBytes());
        }
    }

    /** Answers no close: an HTTP/2 or TLS handler that waits for its client. */
    private static final class Stubborn extends ChannelOutboundHandlerAdapter {
        boolean asked;

        @Override
        public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
            asked = true;
        }
    }
}
