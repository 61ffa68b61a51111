/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Network;
import io.tcpguard.config.Setting;
import io.tcpguard.spi.Closing;
import io.tcpguard.spi.ConnectionHandle;
import io.tcpguard.state.Admission;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.state.RefusalCounters;
import io.tcpguard.state.RefusalCounters.Method;
import io.tcpguard.state.RefusalCounters.Reason;
import io.tcpguard.state.RefusalCounters.Stage;
import io.tcpguard.state.Trend;
import io.tcpguard.state.Verdict;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A process of very many descriptors: what bounds here are a listener's slots, and what the process may hold. */
class ListenerSlotsTest {
    private static final long SECOND = 1_000_000_000L;

    private final Map<Setting, Object> settings = new EnumMap<>(Setting.class);
    private final RefusalCounters shed = new RefusalCounters();
    private final List<ConnectionHandle> open = new ArrayList<>();
    private final List<Closing> evicted = new ArrayList<>();
    private @Nullable AdmissionPolicy policy;
    private @Nullable ListenerSlots slots;
    private long now;

    @Test
    void evictsTheLongestIdleOfTheListenerAtItsSlots() {
        slots().most(20);
        fill(20);
        assertThat(accept("192.0.2.9")).as("nobody is idle yet").isNotEqualTo(Admission.ADMIT);
        pass(11);

        assertThat(accept("192.0.2.9")).isEqualTo(Admission.ADMIT);
        assertThat(evicted).containsExactly(Closing.ORDERLY);
        assertThat(shed.of(Stage.KEEP_ALIVE, Method.ANSWER, Reason.CONNECTIONS)).isEqualTo(1);
        assertThat(slots().counts().held()).isEqualTo(19);
    }

    @Test
    void countsNoWantOfDescriptorsForIt() {
        slots().most(20);
        fill(20);
        accept("192.0.2.9");

        assertThat(policy().shedWithin(SECOND, now)).isFalse();
    }

    @Test
    void leavesAnotherListenersConnectionsAlone() {
        fill(20);
        pass(11);
        ListenerSlots other = policy().newListener();
        other.most(0);

        assertThat(policy().accept(null, false, null, other, null, 0, () -> true, now))
                .isNotEqualTo(Admission.ADMIT);
        assertThat(evicted).isEmpty();
    }

    /** That nobody finds a slot at one listener is no reason to refuse anybody at another. */
    @Test
    void letsASourceReplaceItsOwnHereThoughOthersFindNoSlotElsewhere() {
        slots().most(60);
        ListenerSlots other = policy().newListener();
        other.most(0);
        fill(30);
        open.forEach(ConnectionHandle::begin);
        for (int i = 0; i < 30; i++) {
            open("192.0.2.9");
        }
        pass(11);
        assertThat(accept("192.0.2.9")).as("shedding begins").isEqualTo(Admission.ADMIT);
        open("192.0.2.9");
        assertThat(policy().accept(address("198.51.100.1"), false, null, other, null, 0, () -> true, now))
                .isNotEqualTo(Admission.ADMIT);

        assertThat(accept("192.0.2.9")).isEqualTo(Admission.ADMIT);
        assertThat(evicted).hasSize(2);
    }

    @Test
    void anyNumberFitsWhereANegativeOneIsSaid() {
        slots().most(-1);
        fill(300);

        assertThat(open).hasSize(300);
    }

    @Test
    void theProcesssSlotsBoundAllListeners() {
        policy().most(20);
        fill(20);

        assertThat(accept("192.0.2.9")).isNotEqualTo(Admission.ADMIT);
        assertThat(policy().connections()).isEqualTo(20);
    }

    @Test
    void evictsBeyondWhatTheProcessMayHoldAFewAtATime() {
        fill(100);
        pass(11);
        policy().evictBeyond(now);
        assertThat(evicted).as("nothing is beyond").isEmpty();

        policy().most(95);
        policy().evictBeyond(now);
        assertThat(evicted).hasSize(5);
        policy().evictBeyond(now);
        assertThat(evicted).hasSize(5);
        policy().most(10);
        policy().evictBeyond(now);
        assertThat(evicted).hasSize(5 + 16);
    }

    /** Two listeners at once, or allowed clients: more than may be came in before anybody was idle long enough. */
    @Test
    void beyondWhatMayBeHeldNewcomersAreServedAsSoonAsSomebodyIsIdle() {
        policy().most(20);
        fill(20);
        open("10.1.0.1");
        open("10.1.0.2");
        for (int i = 0; i < 9; i++) {
            assertThat(accept("192.0.2.9")).isNotEqualTo(Admission.ADMIT);
            pass(1);
        }
        assertThat(evicted).isEmpty();

        pass(2);
        accept("192.0.2.9");
        pass(1);
        accept("192.0.2.9");
        pass(1);

        assertThat(accept("192.0.2.9")).isEqualTo(Admission.ADMIT);
    }

    @Test
    void aLimitThatFellFarIsReachedWithinSeconds() {
        fill(300);
        slots().most(200);
        pass(11.5);

        // The last 48 go for newcomers, whom the server accepts again.
        assertThat(slots().counts().held()).isBetween(200, 248);
    }

    @Test
    void evictsNobodyBeyondItWhereReclaimIsOffOrTheGuardIsClosed() {
        settings.put(Setting.RECLAIM, false);
        fill(100);
        pass(11);
        policy().most(50);
        policy().evictBeyond(now);
        assertThat(evicted).isEmpty();

        settings.put(Setting.RECLAIM, true);
        policy = null;
        slots = null;
        fill(100);
        pass(11);
        policy().most(50);
        policy().setEnabled(false);
        policy().evictBeyond(now);
        assertThat(evicted).isEmpty();
    }

    @Test
    void aListenerThatIsForgottenTakesNoTurns() {
        slots().most(20);
        fill(20);
        policy().forget(slots());
        pass(1);

        assertThat(accept("192.0.2.9")).isNotEqualTo(Admission.ADMIT);
        assertThat(slots().counts().turns.given()).isZero();
    }

    @Test
    void saysWhoHoldsMostAndWhoWasRefused() {
        assertThat(policy().sources(now))
                .singleElement()
                .asString()
                .startsWith("minimum idle time 10.00 s until learned");
        slots().most(20);
        fill(20);
        accept("192.0.2.9");

        assertThat(policy().sources(now)).anyMatch(s -> s.startsWith("most connections are held by "));
        assertThat(policy().sources(now)).hasSizeGreaterThan(2);
    }

    @Test
    void aSourceIsForgottenOnce() throws Exception {
        slots().most(20);
        fill(20);
        pass(11);
        accept("192.0.2.9");
        InetAddress first = InetAddress.getByName("10.0.0.0");

        assertThat(policy().forgetSource(InetAddress.getByName("203.0.113.77"))).isFalse();
        assertThat(policy().forgetSource(first)).isTrue();
        assertThat(policy().forgetSource(first)).isFalse();
    }

    @Test
    void theAllowedComeInBeyondTheSlotsByATwentieth() {
        settings.put(Setting.ALLOW, Network.list("198.51.100.0/24"));
        settings.put(Setting.RECLAIM, false);
        slots().most(40);
        fill(40);
        int came = 0;
        for (int i = 0; i < 10 && accept("198.51.100.1") == Admission.ADMIT; i++) {
            open("198.51.100.1");
            came++;
        }

        assertThat(came).isEqualTo(2);
        assertThat(policy().hurriesForAllowed()).isTrue();
        assertThat(policy().queueWaitNanos()).isEqualTo(300_000_000L);
    }

    @Test
    void nobodyHurriesForTheAllowedWhereNoneCameOrAProxyIsInFront() throws Exception {
        settings.put(Setting.ALLOW, Network.list("198.51.100.0/24"));
        assertThat(policy().hurriesForAllowed()).isFalse();
        assertThat(policy().allowed(InetAddress.getByName("198.51.100.1"))).isTrue();
        assertThat(policy().allowed(InetAddress.getByName("198.51.101.1"))).isFalse();

        settings.put(Setting.BEHIND_PROXY, true);
        policy = null;
        slots = null;
        accept("198.51.100.1");
        assertThat(policy().hurriesForAllowed()).isFalse();
    }

    @Test
    void aRefusedRequestIsCounted() {
        long before = shed.of(Stage.REQUEST);
        policy().countRefusedRequest();

        assertThat(shed.of(Stage.REQUEST)).isEqualTo(before + 1);
    }

    @Test
    void whoWaitedWhileItsListenerStopsIsAnsweredWhereItCanBe() {
        assertThat(policy().giveUp(() -> true)).isEqualTo(Admission.RESPOND);
        assertThat(policy().giveUp(() -> false)).isNotEqualTo(Admission.RESPOND);
    }

    @Test
    void resetsForWantOfRoomAreOfTheBudget() {
        settings.put(Setting.RESET_BUDGET, 2);
        assertThat(policy().mayResetForWantOfRoom(now)).isTrue();
        assertThat(policy().mayResetForWantOfRoom(now)).isTrue();

        assertThat(policy().mayResetForWantOfRoom(now)).isFalse();
        assertThat(policy().mayReset(now)).isFalse();
    }

    @Test
    void theFloorIsAsSet() {
        assertThat(policy().idleFloorNanos()).isEqualTo(10 * SECOND);
        settings.put(Setting.IDLE_FLOOR, java.time.Duration.ofSeconds(3));
        policy = null;

        assertThat(policy().idleFloorNanos()).isEqualTo(3 * SECOND);
    }

    @Test
    void workThatWasLateIsRememberedForItsWhile() {
        assertThat(slots().workWasLateWithin(10, 5)).isFalse();
        slots().workWasLate(100);

        assertThat(slots().workWasLateWithin(10, 109)).isTrue();
        assertThat(slots().workWasLateWithin(10, 110)).isFalse();
    }

    private void fill(int connections) {
        for (int i = 0; i < connections; i++) {
            String source = "10.0." + i / 250 + "." + i % 250;
            if (accept(source) == Admission.ADMIT) {
                open(source);
            }
        }
    }

    private void open(String source) {
        ConnectionHandle[] handle = new ConnectionHandle[1];
        handle[0] = policy().open(address(source), slots(), how -> {
            evicted.add(how);
            open.remove(handle[0]);
            handle[0].closed();
        });
        handle[0].touch();
        open.add(handle[0]);
    }

    private Admission accept(String source) {
        return policy().accept(address(source), false, null, slots(), null, 0, () -> true, now);
    }

    private static InetAddress address(String source) {
        try {
            return InetAddress.getByName(source);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private void pass(double seconds) {
        long until = now + Math.round(seconds * 1e9);
        while (now < until) {
            now += 20_000_000L;
            policy().sampled(capacity(), Level.SHED, now);
        }
    }

    private ListenerSlots slots() {
        ListenerSlots p = slots;
        if (p == null) {
            p = policy().newListener();
            slots = p;
        }
        return p;
    }

    private AdmissionPolicy policy() {
        AdmissionPolicy p = policy;
        if (p == null) {
            GuardConfig config = new GuardConfig(settings);
            p = new AdmissionPolicy(
                    config,
                    () -> 50 + open.size(),
                    () -> new GuardSnapshot(
                            Level.NORMAL,
                            null,
                            "",
                            capacity(),
                            new Verdict(true, 100, ""),
                            Admission.ADMIT,
                            null,
                            false,
                            false,
                            Trend.CALM,
                            List.of(),
                            List.of(),
                            0,
                            false),
                    new CoarseClock(now),
                    shed,
                    new ResetBudget(config, () -> true, now),
                    now);
            p.setEnabled(true);
            p.sampled(capacity(), Level.NORMAL, now);
            policy = p;
        }
        return p;
    }

    private Capacity capacity() {
        return new Capacity(100_000, 50 + open.size(), open.size(), 98_000);
    }
}
