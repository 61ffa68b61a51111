/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.MaxMessagesRecvByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.tcpguard.spi.Pacing;
import io.tcpguard.state.Admission;
import io.tcpguard.state.Capacity;
import io.tcpguard.testkit.FakeControl;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@SuppressWarnings("FutureReturnValueIgnored")
class AcceptHandlerTest {
    private final Guarded guarded = new Guarded();

    @AfterEach
    void close() {
        guarded.close();
    }

    @Test
    void passesAnAdmittedChildOnWithATrackerInFront() {
        EmbeddedChannel child = guarded.accept();

        assertThat(guarded.server.<Object>readInbound()).isSameAs(child);
        Guarded.register(child);
        assertThat(child.pipeline().first()).isInstanceOf(ConnectionTracker.class);
        assertThat(guarded.policy.onlyListener().handles).hasSize(1);
    }

    @Test
    void closesAChildThatIsToBeResetAndPassesNothingOn() {
        guarded.policy.connections = Admission.RESET;

        EmbeddedChannel child = guarded.accept();

        assertThat(child.isOpen()).isFalse();
        assertThat(guarded.server.<Object>readInbound()).isNull();
        assertThat(guarded.policy.onlyListener().handles).isEmpty();
    }

    @Test
    void answersAnHttp1ClientAfterItsFirstBytesAndLetsItCloseFirst() {
        guarded.policy.connections = Admission.RESPOND;
        EmbeddedChannel child = guarded.accept();
        assertThat(child.<Object>readOutbound()).isNull();

        child.writeInbound(text("GET / HTTP/1.1\r\n"));

        assertThat(answer(child).lines())
                .containsExactly(
                        "HTTP/1.1 503 Service Unavailable",
                        "Retry-After: 2",
                        "X-Tcpguard: refused; cause=connections",
                        "Content-Type: text/plain",
                        "Content-Length: 84",
                        "Connection: close",
                        "",
                        "Refused: this server has no free slot for another connection now.",
                        "Try again in 2 s.");
        assertThat(child.isOpen()).isTrue();
        child.writeInbound(text("Host: x\r\n\r\n"));
        assertThat(child.<Object>readOutbound()).isNull();
        assertThat(guarded.server.<Object>readInbound()).isNull();
    }

    /** A sampler that is late makes the snapshot's numbers old: a burst held the last descriptors by them. */
    @Test
    void holdsNobodyForAnAnswerWhereTheKernelCountsNoRoomWhateverTheSnapshotSays() {
        guarded.policy.connections = Admission.RESPOND;
        guarded.policy.capacity = new Capacity(256, 50, 10, 246);
        guarded.policy.roomForAnswers = false;

        guarded.accept();
        assertThat(guarded.accept().isOpen())
                .as("but for one that leaves in order")
                .isFalse();

        guarded.policy.roomForAnswers = true;
        assertThat(guarded.accept().isOpen()).isTrue();
    }

    @Test
    void answersARequestForTheHeadByTheHeadAlone() {
        guarded.policy.connections = Admission.RESPOND;
        EmbeddedChannel child = guarded.accept();

        child.writeInbound(text("HEAD / HTTP/1.1\r\n"));

        assertThat(answer(child)).contains("Content-Length: 84\r\n").endsWith("Connection: close\r\n\r\n");
    }

    @Test
    void saysGoawayToAnHttp2Client() {
        guarded.policy.connections = Admission.RESPOND;
        EmbeddedChannel child = guarded.accept();

        child.writeInbound(text("PR"));
        assertThat(child.<Object>readOutbound()).isNull();
        child.writeInbound(text("I * HTTP/2.0\r\n\r\nSM\r\n\r\n"));

        byte[] frames = answer(child).getBytes(StandardCharsets.ISO_8859_1);
        assertThat(frames).hasSize(9 + 17);
        assertThat(frames[3]).as("SETTINGS").isEqualTo((byte) 4);
        assertThat(frames[9 + 3]).as("GOAWAY").isEqualTo((byte) 7);
    }

    @Test
    void closesOnATlsClient() {
        guarded.policy.connections = Admission.RESPOND;
        EmbeddedChannel child = guarded.accept();

        child.writeInbound(Unpooled.wrappedBuffer(new byte[] {0x16, 3, 1}));

        assertThat(child.isOpen()).isFalse();
        assertThat(child.<Object>readOutbound()).isNull();
    }

    @Test
    void closesOnASilentClientAfterThreeTenthsOfASecond() {
        guarded.policy.connections = Admission.RESPOND;
        EmbeddedChannel child = guarded.accept();

        pass(Pacing.REPLY_SILENCE_MILLIS - 1);
        assertThat(child.isOpen()).isTrue();
        pass(1);
        assertThat(child.isOpen()).isFalse();
    }

    @Test
    void closesOnAClientThatStaysForASecondAfterItsAnswer() {
        guarded.policy.connections = Admission.RESPOND;
        EmbeddedChannel child = guarded.accept();
        child.writeInbound(text("GET"));

        pass(Pacing.CLOSE_GRACE_MILLIS - 1);
        assertThat(child.isOpen()).isTrue();
        pass(1);
        assertThat(child.isOpen()).isFalse();
        answer(child);
    }

    @Test
    void closesSilentlyOneAtATimeWhenTheRoomForAnswersIsTaken() {
        guarded.policy.connections = Admission.RESPOND;
        guarded.policy.capacity = new Capacity(256, 230, 200, 252);
        EmbeddedChannel first = guarded.accept();
        EmbeddedChannel second = guarded.accept();

        EmbeddedChannel third = guarded.accept();
        EmbeddedChannel fourth = guarded.accept();
        assertThat(first.isOpen()).isTrue();
        assertThat(second.isOpen()).isTrue();
        assertThat(third.isOpen()).as("takes its bytes before it closes").isTrue();
        assertThat(fourth.isOpen()).isFalse();

        first.close();
        assertThat(guarded.accept().isOpen()).isTrue();
    }

    @Test
    void answersNobodyInAnUnknownProtocol() {
        try (Guarded other = new Guarded(Protocol.OTHER)) {
            other.policy.connections = Admission.RESPOND;

            EmbeddedChannel child = other.accept();

            assertThat(child.isOpen()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"RESET", "RESPOND"})
    void keepsNoBooksOnTheRefused(Admission refusal) {
        guarded.policy.connections = refusal;

        guarded.accept();

        assertThat(guarded.policy.onlyListener().handles).isEmpty();
    }

    @Test
    void saysThatThePortAcceptsUntilItCloses() {
        FakeControl.Listener listener = guarded.policy.onlyListener();
        assertThat(listener.control.accepting()).isTrue();

        guarded.server.close();

        assertThat(listener.control.accepting()).isFalse();
        assertThat(listener.closed).isTrue();
        assertThat(guarded.policy.watches).hasValue(0);
    }

    /** Its guard counts it as one in hand until then; the slot for its answer is given back, since it gets none. */
    @Test
    void givesUpWhoWaitsWhenThePortCloses() {
        guarded.policy.capacity = new Capacity(256, 230, 200, 252);
        FakeControl.Listener listener = guarded.policy.onlyListener();
        guarded.policy.connections = Admission.WAIT;
        EmbeddedChannel waits = guarded.accept();
        assertThat(waits.isOpen()).isTrue();

        guarded.server.close();

        assertThat(waits.isOpen()).isFalse();
        assertThat(listener.gaveUp).hasValue(1);
        assertThat(listener.control.canAnswer()).isTrue();
        assertThat(listener.control.canAnswer()).isTrue();
        assertThat(listener.control.canAnswer()).as("room for two answers").isFalse();
    }

    @Test
    void leavesNothingBehindWhenItIsRemoved() {
        guarded.server.pipeline().remove(AcceptHandler.class);

        assertThat(guarded.policy.onlyListener().closed).isTrue();
        assertThat(guarded.server.hasAttr(ServerPort.KEY)
                        && guarded.server.attr(ServerPort.KEY).get() != null)
                .isFalse();
        EmbeddedChannel child = guarded.accept();
        assertThat(guarded.server.<Object>readInbound()).isSameAs(child);
    }

    @Test
    void staysTheOnlyOneWhenAHandlerIsAddedTwice() {
        guarded.server.pipeline().addFirst(new AcceptHandlerInstaller(guarded.ports));

        guarded.child();

        assertThat(guarded.policy.accepts).hasValue(1);
        assertThat(guarded.server.pipeline().names().stream().filter(name -> name.startsWith("Accept")))
                .hasSize(1);
    }

    @Test
    void fitsTheBatchToTheReserveAndGivesBackWhatItFound() {
        MaxMessagesRecvByteBufAllocator batch = guarded.server.config().getRecvByteBufAllocator();
        int found = batch.maxMessagesPerRead();
        guarded.policy.capacity = new Capacity(256, 100, 50, 248);

        guarded.server.pipeline().fireChannelReadComplete();
        assertThat(batch.maxMessagesPerRead()).isEqualTo(1);

        guarded.server.close();
        assertThat(batch.maxMessagesPerRead()).isEqualTo(found);
    }

    @Test
    void watchesEachEventLoopOnce() {
        guarded.child();
        guarded.child();

        assertThat(guarded.policy.watched).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void keepsAcceptErrorsFromTheRestOfThePipelineAndPauses() {
        Seen seen = new Seen();
        guarded.server.pipeline().addLast(seen);

        guarded.server.pipeline().fireExceptionCaught(new IOException("Too many open files"));

        assertThat(seen.caught).isZero();
        assertThat(guarded.server.config().isAutoRead()).isFalse();
    }

    @Test
    void pausesForFiveMillisecondsAtFirstThenForTwiceAsLongAndUpToASecond() {
        long expected = AcceptPause.FIRST_MILLIS;
        for (int i = 0; i < 12; i++) {
            guarded.server.pipeline().fireExceptionCaught(new IOException("Too many open files"));
            assertThat(pauseLength()).as("pause %d", i).isEqualTo(expected);
            expected = Math.min(AcceptPause.LONGEST_MILLIS, 2 * expected);
        }
        guarded.accept();
        guarded.server.pipeline().fireExceptionCaught(new IOException("Too many open files"));
        assertThat(pauseLength()).isEqualTo(AcceptPause.FIRST_MILLIS);
    }

    @Test
    void putsAutoReadOffAgainWhenSomebodySwitchesItOnDuringThePause() {
        guarded.server.pipeline().fireExceptionCaught(new IOException("Too many open files"));

        guarded.server.config().setAutoRead(true);

        assertThat(guarded.server.config().isAutoRead()).isFalse();
        pauseLength();
        assertThat(guarded.server.config().isAutoRead()).isTrue();
    }

    @Test
    void leavesAutoReadOffIfItWasOff() {
        guarded.server.config().setAutoRead(false);
        guarded.server.pipeline().fireExceptionCaught(new IOException("Too many open files"));

        pass(50);

        assertThat(guarded.server.config().isAutoRead()).isFalse();
    }

    @Test
    void resumesWhenTheSnapshotSaysThatDescriptorsReturned() {
        guarded.policy.capacity = new Capacity(256, 256, 100, 224);
        longPause();

        pass(20);
        assertThat(guarded.server.config().isAutoRead()).isFalse();
        guarded.policy.capacity = new Capacity(256, 250, 100, 224);
        pass(20);

        assertThat(guarded.server.config().isAutoRead()).isTrue();
    }

    @Test
    void resumesWhenAConnectionCloses() {
        EmbeddedChannel child = guarded.child();
        longPause();

        child.close();
        guarded.server.runPendingTasks();

        assertThat(guarded.server.config().isAutoRead()).isTrue();
    }

    @Test
    void holdsAChildThatWaitsAndAcceptsNobodyElseUntilThereIsAPlace() {
        guarded.policy.connections = Admission.WAIT;

        EmbeddedChannel child = guarded.accept();
        EmbeddedChannel ofTheSameBatch = guarded.accept();
        pass(10 * Pacing.WAIT_MILLIS);

        assertThat(guarded.server.<Object>readInbound()).isNull();
        assertThat(child.isOpen()).isTrue();
        assertThat(guarded.server.config().isAutoRead()).isFalse();

        guarded.policy.connections = Admission.ADMIT;
        pass(Pacing.WAIT_MILLIS);

        assertThat(guarded.server.<Object>readInbound()).isSameAs(child);
        assertThat(guarded.server.<Object>readInbound()).isSameAs(ofTheSameBatch);
        assertThat(guarded.server.config().isAutoRead()).isTrue();
    }

    @Test
    void holdsNoMoreThanABatchWhateverTheTransportAccepts() {
        guarded.policy.connections = Admission.WAIT;
        MaxMessagesRecvByteBufAllocator batch = guarded.server.config().getRecvByteBufAllocator();
        assertThat(batch.maxMessagesPerRead()).isGreaterThan(AcceptWait.MOST);
        for (int i = 0; i < batch.maxMessagesPerRead(); i++) {
            assertThat(guarded.accept().isOpen()).isTrue();
        }

        guarded.policy.connections = Admission.RESET;

        assertThat(guarded.accept().isOpen()).isFalse();
    }

    @Test
    void refusesAChildThatWaitedForTooLong() {
        guarded.policy.connections = Admission.WAIT;
        EmbeddedChannel child = guarded.accept();

        guarded.policy.connections = Admission.RESET;
        pass(Pacing.WAIT_MILLIS);

        assertThat(child.isOpen()).isFalse();
        assertThat(guarded.server.config().isAutoRead()).isTrue();
    }

    @Test
    void passesAChildOnThatWaitsWhenTheGuardLeaves() {
        guarded.policy.connections = Admission.WAIT;
        EmbeddedChannel child = guarded.accept();

        guarded.server.pipeline().remove(AcceptHandler.class);

        assertThat(guarded.server.<Object>readInbound()).isSameAs(child);
        assertThat(guarded.server.config().isAutoRead()).isTrue();
    }

    @Test
    void closesAChildThatWaitsWhenThePortCloses() {
        guarded.policy.connections = Admission.WAIT;
        EmbeddedChannel child = guarded.accept();

        guarded.server.close();

        assertThat(child.isOpen()).isFalse();
    }

    @Test
    void passesErrorsOnThatAreNotTheSockets() {
        Seen seen = new Seen();
        guarded.server.pipeline().addLast(seen);

        guarded.server.pipeline().fireExceptionCaught(new IllegalStateException("not of accept"));

        assertThat(seen.caught).isEqualTo(1);
        assertThat(guarded.server.config().isAutoRead()).isTrue();
    }

    @Test
    void servesUnguardedIfTheGuardBreaks() {
        guarded.policy.broken = new IllegalStateException("broken");

        EmbeddedChannel child = guarded.accept();

        assertThat(guarded.server.<Object>readInbound()).isSameAs(child);
        assertThat(child.isOpen()).isTrue();
    }

    @Test
    void servesOnWhenTheGuardIsClosed() {
        guarded.policy.dead = true;

        EmbeddedChannel child = guarded.child();
        child.writeInbound(text("hello"));

        assertThat(child.isOpen()).isTrue();
        assertThat(child.inboundMessages()).hasSize(1);
        child.releaseInbound();
    }

    @Test
    void leavesAServerAloneWhoseGuardDoesNotRun() {
        FakeControl dead = new FakeControl();
        dead.dead = true;
        EmbeddedChannel server = new EmbeddedChannel(new AcceptHandlerInstaller(new Ports(dead, Protocol.HTTP)));

        server.writeInbound("whatever comes");

        assertThat(server.<String>readInbound()).isEqualTo("whatever comes");
        assertThat(server.isOpen()).isTrue();
        server.close();
    }

    @Test
    void guardsAPortThatWasBoundBeforeTheGuardStartedFromItsStartOn() {
        FakeControl policy = new FakeControl();
        policy.dead = true;
        EmbeddedChannel server = new EmbeddedChannel(new AcceptHandlerInstaller(new Ports(policy, Protocol.HTTP)));
        server.freezeTime();
        server.advanceTimeBy(AcceptHandler.AGAIN_MILLIS, TimeUnit.MILLISECONDS);
        server.runScheduledPendingTasks();
        assertThat(policy.listeners).isEmpty();

        policy.dead = false;
        server.advanceTimeBy(AcceptHandler.AGAIN_MILLIS, TimeUnit.MILLISECONDS);
        server.runScheduledPendingTasks();

        assertThat(policy.listeners).hasSize(1);
        server.close();
        assertThat(policy.onlyListener().closed).isTrue();
    }

    @Test
    void stopsLookingForItsGuardWhenThePortCloses() {
        FakeControl policy = new FakeControl();
        policy.dead = true;
        EmbeddedChannel server = new EmbeddedChannel(new AcceptHandlerInstaller(new Ports(policy, Protocol.HTTP)));
        server.freezeTime();
        server.close();

        policy.dead = false;
        server.advanceTimeBy(2 * AcceptHandler.AGAIN_MILLIS, TimeUnit.MILLISECONDS);
        server.runScheduledPendingTasks();

        assertThat(policy.listeners).isEmpty();
    }

    private void longPause() {
        for (int i = 0; i < 9; i++) {
            guarded.server.pipeline().fireExceptionCaught(new IOException("Too many open files"));
            if (i < 8) {
                pauseLength();
            }
        }
        assertThat(guarded.server.config().isAutoRead()).isFalse();
    }

    /** Lets the pause go by. */
    private long pauseLength() {
        long millis = 0;
        while (!guarded.server.config().isAutoRead()) {
            pass(1);
            millis++;
        }
        return millis;
    }

    private void pass(long millis) {
        guarded.server.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        guarded.server.runScheduledPendingTasks();
    }

    private static ByteBuf text(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }

    private static String answer(EmbeddedChannel child) {
        ByteBuf answer = child.readOutbound();
        return answer.toString(StandardCharsets.ISO_8859_1);
    }

    private static final class Seen extends ChannelInboundHandlerAdapter {
        int caught;

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            caught++;
        }
    }
}
