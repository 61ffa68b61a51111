/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Network;
import io.tcpguard.config.Setting;
import io.tcpguard.internal.probe.Probe;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.spi.Closing;
import io.tcpguard.spi.ConnectionCloser;
import io.tcpguard.spi.ConnectionHandle;
import io.tcpguard.state.Admission;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.state.RefusalCounters;
import io.tcpguard.state.SignalState;
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

/**
 * A machine of 1024 descriptors, of which 24 are not connections; descriptors of evicted connections come back at once.
 */
class AdmissionPolicyTest {
    private static final int LIMIT = 1024;
    private static final int REFUSAL_POINT = 992;
    private static final long SAMPLE_PERIOD = 20_000_000L;
    private static final long SECONDS_4 = 4_000_000_000L;

    private final Map<Setting, Object> settings = new EnumMap<>(Setting.class);
    private final RefusalCounters shed = new RefusalCounters();
    private final CoarseClock clock = new CoarseClock(0);
    private final List<ConnectionHandle> open = new ArrayList<>();
    private final List<Closing> evictions = new ArrayList<>();
    private long other = 24;
    private long now;
    private boolean resetsOnly;
    private List<SignalState> signals = List.of();
    private RefusalCounters.@Nullable Reason atListener;
    private RefusalCounters.@Nullable Reason refusal;
    private boolean director = true;
    private boolean canAnswer = true;
    private @Nullable AdmissionPolicy policy;

    @Test
    void admitsEverybodyBelowTheAdmissionThreshold() {
        connect(REFUSAL_POINT - 24, null);

        assertThat(open).hasSize(REFUSAL_POINT - 24);
        assertThat(shed.of(RefusalCounters.Stage.ACCEPT)).isZero();
    }

    @Test
    void goesOnEvictingThoughOthersTookDescriptorsThatItHadCountedOn() {
        connect(REFUSAL_POINT - 24, null);
        pass(11);
        other += 15;
        int admitted = 0;
        for (int i = 0; i < 150; i++) {
            admitted += accept(null) == Admission.ADMIT ? 1 : 0;
            pass(0.02);
        }

        assertThat(admitted).isPositive();
        assertThat(evictions.size())
                .as("no more than what was taken, and who came in")
                .isLessThanOrEqualTo(15 + admitted);
    }

    /** accept(2) fails there: nobody comes who could ask for an eviction. */
    @Test
    void evictsIdleConnectionsByItselfWhileNoDescriptorIsLeftToAcceptWith() {
        connect(REFUSAL_POINT - 24, null);
        pass(11);
        other += LIMIT - REFUSAL_POINT + 20;

        pass(5);

        assertThat(open.size() + other).isEqualTo(LIMIT - 1);
        assertThat(evictions).as("and no more than that takes").hasSize(21);
    }

    @Test
    void evictsNobodyByItselfWhileADescriptorIsLeftOrTheirWorkIsInProgress() {
        connect(REFUSAL_POINT - 24, null);
        pass(11);
        other += LIMIT - REFUSAL_POINT - 1;
        pass(5);
        keepAllBusy();
        other += 20;
        pass(5);

        assertThat(evictions).isEmpty();
    }

    @Test
    void evictsNobodyByItselfForWhatLastsAMomentOrWhileNobodyWaitsToBeAccepted() {
        connect(REFUSAL_POINT - 24, null);
        pass(11);
        for (int i = 0; i < 20; i++) {
            other += LIMIT - REFUSAL_POINT;
            pass(0.4);
            other -= LIMIT - REFUSAL_POINT;
            pass(0.1);
        }
        signals = List.of(new SignalState("a", new Reading.Measured(Signal.ACCEPT_QUEUE, 0, 100), Level.NORMAL));
        other += LIMIT - REFUSAL_POINT;
        pass(5);

        assertThat(evictions).isEmpty();
    }

    /** Idle users would go one after the other, and nobody would come in. */
    @Test
    void evictsHardlyAnybodyIntoALeakThatTakesWhateverIsFree() {
        connect(REFUSAL_POINT - 24, null);
        pass(11);
        for (int i = 0; i < 50 * 60; i++) {
            other += Math.max(0, LIMIT - open.size() - other);
            pass(0.02);
        }
        assertThat(evictions).hasSizeBetween(1, 10);

        other -= 100;
        int inALeak = evictions.size();
        pass(2);
        assertThat(evictions).hasSize(inALeak);
        other += LIMIT - open.size() - other + 20;
        pass(5);
        assertThat(open.size() + other).isEqualTo(LIMIT - 1);
    }

    @Test
    void evictsNobodyForTheTimeThatTheSamplerStoodStill() {
        connect(REFUSAL_POINT - 24, null);

        now += 60_000_000_000L;
        accept(null);
        pass(0);
        accept(null);
        assertThat(evictions).isEmpty();

        pass(10.1);
        accept(null);
        assertThat(evictions).hasSize(1);
    }

    @Test
    void takesNobodyForIdleOrSilentWhoseRequestMayWaitForAThread() {
        connect(REFUSAL_POINT - 24, null);
        signals = List.of(new SignalState("a", new Reading.Measured(Signal.WORK_DELAY, 5_000, 10_000), Level.NORMAL));

        pass(14.9);
        accept(null);
        assertThat(evictions).isEmpty();

        pass(0.2);
        accept(null);
        assertThat(evictions).hasSize(1);
    }

    @Test
    void admitsWhenItFailsInside() {
        AdmissionPolicy failing = new AdmissionPolicy(
                GuardConfig.defaults(),
                () -> {
                    throw new InternalError("as the JDK's own count at the limit");
                },
                () -> {
                    throw new IllegalStateException("no snapshot");
                },
                clock,
                shed,
                new ResetBudget(GuardConfig.defaults(), () -> true, 0),
                0);
        failing.setEnabled(true);

        for (int i = 0; i < 100; i++) {
            assertThat(failing.accept(null, false, i)).isEqualTo(Admission.ADMIT);
        }
    }

    @Test
    void neverPassesTheAdmissionThresholdBySoMuchAsOneDescriptor() {
        connect(5_000, null);

        assertThat(open.size() + other).isEqualTo(REFUSAL_POINT);
    }

    @Test
    void neverPassesItEvenIfOthersOpenDescriptorsBetweenTheSamples() {
        for (int i = 0; i < 5_000; i++) {
            if (i % 3 == 0 && other < 500) {
                other++;
            }
            int before = open.size();
            connect(1, null);
            if (open.size() > before) {
                assertThat(open.size() + other).isLessThanOrEqualTo(REFUSAL_POINT);
            }
        }
        assertThat(open).hasSizeGreaterThan(400);
    }

    @Test
    void refusesByResetUntilTheBudgetIsSpentAndThenAnswers() {
        connect(REFUSAL_POINT - 24, null);

        List<Admission> refusals = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            refusals.add(accept(null));
        }

        assertThat(refusals.subList(0, 193)).containsOnly(Admission.RESET);
        assertThat(refusals.subList(193, 300)).containsOnly(Admission.RESPOND);
    }

    @Test
    void hasANewBudgetOfResetsAfterAQuarterOfAnHour() {
        connect(REFUSAL_POINT - 24 + 300, null);
        assertThat(accept(null)).isEqualTo(Admission.RESPOND);
        settings.put(Setting.RECLAIM, false);

        now += 15 * 60 * 1_000_000_000L;
        policy().sampled(capacity(), Level.SHED, now);
        keepAllBusy();

        assertThat(accept(null)).isEqualTo(Admission.RESET);
    }

    @Test
    void onlyEverAnswersBehindAProxy() {
        settings.put(Setting.BEHIND_PROXY, true);
        connect(REFUSAL_POINT - 24, null);

        assertThat(accept(null)).isEqualTo(Admission.RESPOND);
    }

    @Test
    void resetsNoMoreThanTheBudgetWhileTimeWaitLeads() {
        settings.put(Setting.RESET_BUDGET, 3);
        connect(REFUSAL_POINT - 24, null);
        resetsOnly = true;
        accept(10);

        assertThat(resets()).isEqualTo(3);
        assertThat(policy().mayReset(now)).isFalse();
    }

    @Test
    void replacesTheLongestIdleInPlaceOfRefusing() {
        connect(REFUSAL_POINT - 24, null);
        pass(11);

        assertThat(accept(null)).isEqualTo(Admission.ADMIT);
        assertThat(evictions).containsExactly(Closing.ORDERLY);
        assertThat(shed.of(RefusalCounters.Stage.KEEP_ALIVE)).isEqualTo(1);
    }

    @Test
    void evictsByResetWhileTimeWaitLeads() {
        connect(REFUSAL_POINT - 24, null);
        pass(11);
        resetsOnly = true;

        accept(null);
        assertThat(evictions).containsExactly(Closing.RESET);
    }

    @Test
    void evictsNobodyIdleForLessThanTheFloor() {
        connect(REFUSAL_POINT - 24, null);
        pass(9.5);

        assertThat(accept(null).refused()).isTrue();
        assertThat(evictions).isEmpty();
    }

    @Test
    void evictsNobodyIfReclaimIsOff() {
        settings.put(Setting.RECLAIM, false);
        connect(REFUSAL_POINT - 24, null);
        pass(1_000);

        assertThat(accept(null).refused()).isTrue();
    }

    @Test
    void evictsNoMoreThanTheRateAllows() {
        settings.put(Setting.EVICTIONS_PER_SECOND, 10);
        settings.put(Setting.SILENT_FLOOR, java.time.Duration.ofHours(1));
        connect(REFUSAL_POINT - 24, null);
        pass(60);
        for (double t = 0; t < 10; t += 0.02) {
            pass(0.02);
            connect(1, null);
        }

        assertThat(evictions.size()).isBetween(95, 110);
    }

    @Test
    void putsASourceThatHoldsMoreThanTwiceItsShareBehindTheOthers() throws UnknownHostException {
        InetAddress greedy = InetAddress.getByName("192.0.2.1");
        connect(500, greedy);
        for (int i = 0; i < REFUSAL_POINT - 24 - 500; i++) {
            connect(1, InetAddress.getByAddress(new byte[] {10, 0, (byte) (i >> 8), (byte) i}));
        }
        open.subList(0, 500).forEach(ConnectionHandle::begin);
        pass(11);

        assertThat(accept(greedy).refused()).isTrue();
        assertThat(accept(InetAddress.getByName("198.51.100.7"))).isEqualTo(Admission.ADMIT);
        assertThat(shed.of(
                        RefusalCounters.Stage.ACCEPT,
                        RefusalCounters.Method.RESET,
                        RefusalCounters.Reason.UNFAIR_SOURCE))
                .isEqualTo(1);
    }

    @Test
    void letsASourceThatHoldsMoreThanItsShareReplaceWhatItDoesNotUseAndNothingElse() throws UnknownHostException {
        InetAddress proxy = InetAddress.getByName("192.0.2.1");
        for (int i = 0; i < REFUSAL_POINT - 24 - 500; i++) {
            connect(1, InetAddress.getByAddress(new byte[] {10, 0, (byte) (i >> 8), (byte) i}));
        }
        pass(1);
        connect(500, proxy);
        List<ConnectionHandle> others = List.copyOf(open.subList(0, REFUSAL_POINT - 24 - 500));
        pass(11);

        connect(20, proxy);

        assertThat(evictions).hasSize(20);
        assertThat(open).containsAll(others).hasSize(REFUSAL_POINT - 24);
        assertThat(shed.of(RefusalCounters.Stage.ACCEPT)).isZero();
    }

    /** What it replaces would be young again, so nobody else would find an idle one. */
    @Test
    void letsASourceThatHoldsMoreThanItsShareReplaceNothingWhileOthersFindNoSlot() throws UnknownHostException {
        InetAddress greedy = InetAddress.getByName("192.0.2.1");
        InetAddress user = InetAddress.getByName("198.51.100.7");
        for (int i = 0; i < REFUSAL_POINT - 24 - 500; i++) {
            connect(1, InetAddress.getByAddress(new byte[] {10, 0, (byte) (i >> 8), (byte) i}));
        }
        open.forEach(ConnectionHandle::begin);
        connect(500, greedy);
        pass(9.5);
        assertThat(accept(user).refused()).as("nobody is idle for long enough").isTrue();
        pass(0.6);

        assertThat(accept(greedy).refused()).isTrue();
        assertThat(accept(user)).isEqualTo(Admission.ADMIT);
        pass(1.1);
        assertThat(accept(greedy)).isEqualTo(Admission.ADMIT);
    }

    /** As a pool of addresses that an office or a provider has; the newcomer's holds nothing yet. */
    @Test
    void letsANetworkThatCountsAsOneSourceReplaceWhatItDoesNotUse() throws UnknownHostException {
        for (int i = 0; i < REFUSAL_POINT - 24 - 600; i++) {
            connect(1, InetAddress.getByAddress(new byte[] {10, 0, (byte) (i >> 8), (byte) i}));
        }
        List<ConnectionHandle> others = List.copyOf(open);
        for (int i = 0; i < 600; i++) {
            connect(1, InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, (byte) (i % 200)}));
        }
        pass(11);

        connect(20, InetAddress.getByName("192.0.2.201"));

        assertThat(evictions).hasSize(20);
        assertThat(open).containsAll(others).hasSize(REFUSAL_POINT - 24);
        assertThat(shed.of(RefusalCounters.Stage.ACCEPT)).isZero();
    }

    @Test
    void isFairToNoAddressesWhereAHandfulHoldsNearlyAllInCalmTimes() throws UnknownHostException {
        InetAddress proxy = InetAddress.getByName("192.0.2.1");
        connect(1, InetAddress.getByName("192.0.2.2"));
        connect(1, InetAddress.getByName("192.0.2.3"));
        connect(600, proxy);
        calm(40);
        connect(REFUSAL_POINT - 24 - 602, proxy);
        keepAllBusy();
        assertThat(accept(proxy).refused()).isTrue();
        open.remove(open.size() - 1).closed();

        assertThat(accept(proxy)).as("a slot that became free").isEqualTo(Admission.ADMIT);
    }

    @Test
    void evictsWhoIsSilentForLongerThanItsClientsEverAreUnlessATimeIsSet() {
        assertThat(evictedAfter(0.7)).as("learned").isEqualTo(100);
        settings.put(Setting.SILENT_FLOOR, java.time.Duration.ofSeconds(2));
        assertThat(evictedAfter(0.7)).as("as set").isZero();
        assertThat(evictedAfter(2.2)).as("as set").isEqualTo(100);
    }

    /** How many of a hundred silent ones give way so many seconds after they came. */
    private int evictedAfter(double seconds) {
        policy = null;
        evictions.clear();
        open.clear();
        for (int i = 0; i < 50; i++) {
            connect(20, null);
            for (int sample = 0; sample < 50; sample++) {
                now += SAMPLE_PERIOD;
                policy().sampled(capacity(), Level.NORMAL, now);
            }
            List.copyOf(open).forEach(ConnectionHandle::closed);
            open.clear();
        }
        connect(REFUSAL_POINT - 24 - 100, null);
        for (int i = 0; i < 100; i++) {
            Connection silent = new Connection();
            silent.handle = policy().open(null, silent);
            open.add(silent.handle);
        }
        for (int i = 0; i < 50 * seconds; i++) {
            pass(0.02);
            keepAllBusyOrSilent();
        }
        connect(120, null);
        return evictions.size();
    }

    private void keepAllBusyOrSilent() {
        open.subList(0, REFUSAL_POINT - 24 - 100).forEach(ConnectionHandle::touch);
    }

    private void calm(int seconds) {
        for (int i = 0; i < seconds; i++) {
            now += 1_000_000_000L;
            policy().sampled(capacity(), Level.NORMAL, now);
        }
    }

    @Test
    void keepsAPlaceThatBecomesFreeForThoseWhoHoldLess() throws UnknownHostException {
        InetAddress greedy = InetAddress.getByName("192.0.2.1");
        connect(500, greedy);
        for (int i = 0; i < REFUSAL_POINT - 24 - 500; i++) {
            connect(1, InetAddress.getByAddress(new byte[] {10, 0, (byte) (i >> 8), (byte) i}));
        }
        assertThat(accept(greedy).refused()).isTrue();
        open.remove(open.size() - 1).closed();

        assertThat(accept(greedy).refused()).isTrue();
        assertThat(accept(InetAddress.getByName("198.51.100.7"))).isEqualTo(Admission.ADMIT);
    }

    @Test
    void isUnfairToNobodyOnceThereIsRoomAgain() throws UnknownHostException {
        InetAddress greedy = InetAddress.getByName("192.0.2.1");
        connect(500, greedy);
        for (int i = 0; i < REFUSAL_POINT - 24 - 500; i++) {
            connect(1, InetAddress.getByAddress(new byte[] {10, 0, (byte) (i >> 8), (byte) i}));
        }
        assertThat(accept(greedy).refused()).isTrue();
        for (int i = 0; i < 100; i++) {
            open.remove(open.size() - 1).closed();
        }
        pass(0.02);

        assertThat(accept(greedy)).isEqualTo(Admission.ADMIT);
    }

    @Test
    void asksNobodyForHisSourceBelowTheAdmissionThreshold() throws UnknownHostException {
        InetAddress greedy = InetAddress.getByName("192.0.2.1");
        connect(1, InetAddress.getByName("192.0.2.2"));
        connect(800, greedy);

        assertThat(open).hasSize(801);
    }

    @Test
    void letsTheAllowedIntoTheReserve() throws UnknownHostException {
        settings.put(Setting.ALLOW, Network.list("10.99.0.0/16"));
        connect(REFUSAL_POINT - 24, null);

        assertThat(accept(InetAddress.getByName("10.99.0.2"))).isEqualTo(Admission.ADMIT);
        assertThat(accept(InetAddress.getByName("10.98.0.2")).refused()).isTrue();
    }

    @Test
    void spendsNoMoreResetsForALeakThanForAnythingElse() {
        settings.put(Setting.RECLAIM, false);
        other = 800;
        connect(REFUSAL_POINT - 800, null);

        accept(1000);

        assertThat(resets()).isEqualTo(192 / 5);
        assertThat(shed.of(
                        RefusalCounters.Stage.ACCEPT,
                        RefusalCounters.Method.RESET,
                        RefusalCounters.Reason.OTHER_DESCRIPTORS))
                .isEqualTo(192 / 5);
        newcomer = 1;
        assertThat(policy().accept(null, false, atListener, null, waitingRoom(), 1, () -> true, now))
                .isEqualTo(Admission.WAIT);
    }

    @Test
    void spendsOneBudgetForAllCauses() {
        settings.put(Setting.RECLAIM, false);
        settings.put(Setting.RESET_BUDGET, 10);
        connect(REFUSAL_POINT - 24, null);
        accept(4);
        atListener = RefusalCounters.Reason.WORK_DELAY;
        accept(4);
        atListener = null;
        other = 700;
        accept(4);

        assertThat(resets()).isEqualTo(10);
        assertThat(shed.of(RefusalCounters.Stage.ACCEPT)).isEqualTo(12);
    }

    @Test
    void resetsAgainWhenTheDirectorHasForgottenTheEntriesAndNeverTwiceTheBudgetInAQuarterOfAnHour() {
        settings.put(Setting.RESET_BUDGET, 10);
        settings.put(Setting.RECLAIM, false);
        connect(REFUSAL_POINT - 24, null);
        pass(14.5 * 60);
        accept(20);
        assertThat(resets()).isEqualTo(10);

        pass(14 * 60);
        accept(20);
        assertThat(resets()).isEqualTo(10);

        pass(60);
        accept(20);
        assertThat(resets()).isEqualTo(20);
    }

    @Test
    void answersTheFirstOnesTooWhereNobodyIsKnownToCountConnections() {
        director = false;
        connect(REFUSAL_POINT - 24, null);

        accept(300);

        assertThat(resets()).isZero();
    }

    @Test
    void resetsAsOftenAsIsSetWhoeverChecks() {
        director = false;
        settings.put(Setting.RESET_BUDGET, 3);
        connect(REFUSAL_POINT - 24, null);

        accept(300);

        assertThat(resets()).isEqualTo(3);
    }

    /** Whatever the cause, whoever can't be answered, and while TIME_WAIT leads. */
    @Test
    void neverResetsBehindAProxy() {
        settings.put(Setting.BEHIND_PROXY, true);
        resetsOnly = true;
        connect(REFUSAL_POINT - 24, null);
        keepAllBusy();
        for (RefusalCounters.Reason cause : new RefusalCounters.Reason[] {
            null, RefusalCounters.Reason.WORK_DELAY, RefusalCounters.Reason.ACCEPT_QUEUE
        }) {
            atListener = cause;
            canAnswer = !canAnswer;
            accept(5);
        }
        refusal = RefusalCounters.Reason.SYSTEM_FILES;
        accept(5);
        open.forEach(ConnectionHandle::end);
        pass(20);
        accept(5);

        assertThat(resets()).isZero();
        assertThat(evictions).isNotEmpty().containsOnly(Closing.ORDERLY);
        assertThat(policy().mayReset(now)).isFalse();
        assertThat(policy().mayResetForWantOfRoom(now)).isFalse();
    }

    @Test
    void closesInAnOrderlyWayWhoCanNeitherBeAnsweredNorReset() {
        settings.put(Setting.RESET_BUDGET, 0);
        canAnswer = false;
        atListener = RefusalCounters.Reason.WORK_DELAY;

        assertThat(accept(null)).isEqualTo(Admission.CLOSE);
    }

    @Test
    void answersAtOnceBehindAProxyWhenSomethingElseHoldsTheDescriptorsSinceOtherServersHavePlaces() {
        settings.put(Setting.BEHIND_PROXY, true);
        settings.put(Setting.RECLAIM, false);
        other = 800;
        connect(REFUSAL_POINT - 800, null);
        newcomer = 1;

        assertThat(policy().accept(null, false, atListener, null, waitingRoom(), 1, () -> true, now))
                .isEqualTo(Admission.RESPOND);
    }

    @Test
    void refusesWhereWorkIsLateAlthoughDescriptorsAreFreeAndTakesItForNoWantOfThem() {
        atListener = RefusalCounters.Reason.WORK_DELAY;

        assertThat(accept(null)).isEqualTo(Admission.RESPOND);
        assertThat(shed.of(
                        RefusalCounters.Stage.ACCEPT, RefusalCounters.Method.ANSWER, RefusalCounters.Reason.WORK_DELAY))
                .isEqualTo(1);
        assertThat(policy().shedWithin(1_000_000_000L, now)).isFalse();
    }

    /**
     * A hiccup of three seconds: stock serves all of them late, and a server that refuses at once gets everybody under
     * wlc.
     */
    @Test
    void letsNewConnectionsWaitByTurnWhileWorkIsLateAndResetsNone() {
        settings.put(Setting.RESET_BUDGET, 1000);
        atListener = RefusalCounters.Reason.WORK_DELAY;
        newcomer = 1;

        assertThat(policy().accept(null, false, atListener, null, waitingRoom(), 1, () -> true, now))
                .isEqualTo(Admission.WAIT);
        atListener = null;
        assertThat(policy().accept(null, false, atListener, null, waitingRoom(), 1, () -> true, now))
                .isEqualTo(Admission.ADMIT);
        assertThat(resets()).isZero();
    }

    /** They waited in the queue, too: their leaving must not count as the way of these clients in calm times. */
    @Test
    void waitsLessWhereClientsGiveUpWhileWorkIsLateThoughNoSlotIsScarce() {
        ListenerSlots listener = policy().newListener();
        newcomer = 1;
        for (int second = 0; second < 5; second++) {
            for (int i = 0; i < 60; i++) {
                policy().accept(
                                null,
                                false,
                                RefusalCounters.Reason.WORK_DELAY,
                                listener,
                                waitingRoom(),
                                1,
                                () -> true,
                                now);
                ConnectionHandle gaveUp = policy().open(null, listener, how -> {});
                gaveUp.begin();
                gaveUp.end();
                gaveUp.closed();
            }
            pass(1);
        }

        assertThat(policy().queueWaitNanos()).isLessThan(SECONDS_4);
    }

    @Test
    void behindAProxyNobodyWaitsForWorkThatHangsSinceItAsksAnotherServerAtOnce() {
        settings.put(Setting.BEHIND_PROXY, true);
        atListener = RefusalCounters.Reason.WORK_DELAY;
        newcomer = 1;

        assertThat(policy().accept(null, false, atListener, null, waitingRoom(), 1, () -> true, now))
                .isEqualTo(Admission.RESPOND);
    }

    @Test
    void servesFromAFullQueueAsLongAsPlacesAreFreeAndThenRefusesAtOnce() {
        atListener = RefusalCounters.Reason.ACCEPT_QUEUE;
        connect(REFUSAL_POINT - 24, null);
        assertThat(open).hasSize(REFUSAL_POINT - 24);
        settings.put(Setting.RESET_BUDGET, 0);
        newcomer = 1;

        assertThat(policy().accept(null, false, atListener, null, waitingRoom(), 1, () -> true, now)
                        .refused())
                .isTrue();
        assertThat(shed.of(
                                RefusalCounters.Stage.ACCEPT,
                                RefusalCounters.Method.RESET,
                                RefusalCounters.Reason.ACCEPT_QUEUE)
                        + shed.of(
                                RefusalCounters.Stage.ACCEPT,
                                RefusalCounters.Method.ANSWER,
                                RefusalCounters.Reason.ACCEPT_QUEUE))
                .isEqualTo(1);
    }

    @Test
    void replacesOrRefusesWhileTheMachinesFilesRunOut() {
        connect(100, null);
        refusal = RefusalCounters.Reason.SYSTEM_FILES;
        keepAllBusy();
        assertThat(accept(null).refused()).isTrue();

        open.forEach(ConnectionHandle::end);
        pass(20);
        connect(1, null);

        assertThat(open).hasSize(100);
        assertThat(evictions).hasSize(1);
        assertThat(shed.of(
                        RefusalCounters.Stage.KEEP_ALIVE,
                        RefusalCounters.Method.ANSWER,
                        RefusalCounters.Reason.SYSTEM_FILES))
                .isEqualTo(1);
        assertThat(policy().shedWithin(1_000_000_000L, now)).isFalse();
    }

    @Test
    void doesNotActOnAStalePicture() {
        atListener = RefusalCounters.Reason.WORK_DELAY;
        refusal = RefusalCounters.Reason.SYSTEM_FILES;

        assertThat(policy().accept(null, true, atListener, null, null, 0, () -> true, now))
                .isEqualTo(Admission.ADMIT);
    }

    @Test
    void anAllowedClientComesInWhateverWaitsAndTakesNoneOfTheUntouched() throws UnknownHostException {
        settings.put(Setting.ALLOW, Network.list("10.9.0.0/16"));
        settings.put(Setting.RECLAIM, false);
        InetAddress probe = InetAddress.getByName("10.9.1.1");
        connect(2_000, null);
        atListener = RefusalCounters.Reason.WORK_DELAY;

        assertThat(accept(InetAddress.getByName("10.8.1.1")).refused()).isTrue();
        connect(2_000, probe);

        assertThat(open.size() + other).isEqualTo(LIMIT - 12);
    }

    /** They hold all that they may of the reserve, and nobody else comes for whom somebody would be evicted. */
    @Test
    void idleConnectionsGiveWayToAllowedClientsWhoHaveFilledTheReserve() throws UnknownHostException {
        settings.put(Setting.ALLOW, Network.list("10.9.0.0/16"));
        InetAddress probe = InetAddress.getByName("10.9.1.1");
        connect(2_000, null);
        connect(2_000, probe);
        pass(11);

        int admitted = 0;
        for (int i = 0; i < 150; i++) {
            admitted += accept(probe) == Admission.ADMIT ? 1 : 0;
            pass(0.02);
        }

        assertThat(admitted).isPositive();
    }

    @Test
    void anAllowedClientNeverWaitsByTurn() throws UnknownHostException {
        settings.put(Setting.ALLOW, Network.list("10.9.0.0/16"));
        settings.put(Setting.RESET_BUDGET, 0);
        InetAddress probe = InetAddress.getByName("10.9.1.1");
        connect(REFUSAL_POINT - 24, null);
        newcomer = 1;

        assertThat(policy().accept(null, false, atListener, null, waitingRoom(), 1, () -> canAnswer, now))
                .isEqualTo(Admission.WAIT);
        assertThat(policy().accept(probe, false, atListener, null, waitingRoom(), 1, () -> canAnswer, now))
                .isEqualTo(Admission.ADMIT);
    }

    @Test
    void nobodyWaitsForLongInFrontOfAllowedClientsWhileSuchCome() throws UnknownHostException {
        settings.put(Setting.ALLOW, Network.list("10.9.0.0/16"));
        assertThat(policy().queueWaitNanos()).isEqualTo(4_500_000_000L);

        accept(InetAddress.getByName("10.9.1.1"));

        assertThat(policy().queueWaitNanos()).isEqualTo(300_000_000L);
        pass(200);
        assertThat(policy().queueWaitNanos()).isEqualTo(300_000_000L);
        pass(101);
        assertThat(policy().queueWaitNanos()).isEqualTo(4_500_000_000L);
    }

    @Test
    void admitsAllOnceItIsClosed() {
        connect(REFUSAL_POINT - 24, null);
        policy().setEnabled(false);

        assertThat(accept(null)).isEqualTo(Admission.ADMIT);
    }

    @Test
    void admitsAllWhileTheCountIsNotKnown() {
        other = -10_000;
        policy().sampled(Capacity.UNKNOWN, Level.NORMAL, now);

        assertThat(accept(null)).isEqualTo(Admission.ADMIT);
    }

    @Test
    void resetsTheFirstFewBeforeAnybodyWaitsSoThatTheDirectorSendsThemElsewhere() {
        settings.put(Setting.RESET_BUDGET, 2);
        connect(REFUSAL_POINT - 24, null);
        newcomer = 1;

        assertThat(policy().accept(null, false, atListener, null, waitingRoom(), 1, () -> canAnswer, now))
                .isEqualTo(Admission.RESET);
        assertThat(policy().accept(null, false, atListener, null, waitingRoom(), 1, () -> canAnswer, now))
                .isEqualTo(Admission.RESET);
        assertThat(policy().accept(null, false, atListener, null, waitingRoom(), 1, () -> canAnswer, now))
                .isEqualTo(Admission.WAIT);
    }

    @Test
    void closesWhomTheAdapterCannotAnswerAndCountsItAsAnOrderlyWay() {
        settings.put(Setting.RESET_BUDGET, 1);
        connect(REFUSAL_POINT - 24, null);
        newcomer = 1;
        canAnswer = false;

        assertThat(accept(null)).isEqualTo(Admission.RESET);
        assertThat(accept(null)).isEqualTo(Admission.CLOSE);
        canAnswer = true;
        assertThat(accept(null)).isEqualTo(Admission.RESPOND);

        assertThat(shed.of(
                        RefusalCounters.Stage.ACCEPT, RefusalCounters.Method.RESET, RefusalCounters.Reason.CONNECTIONS))
                .isOne();
        assertThat(shed.of(
                        RefusalCounters.Stage.ACCEPT,
                        RefusalCounters.Method.ANSWER,
                        RefusalCounters.Reason.CONNECTIONS))
                .isEqualTo(2);
    }

    @Test
    void letsANewcomerWaitThoughItCouldNotBeAnswered() {
        settings.put(Setting.RESET_BUDGET, 0);
        connect(REFUSAL_POINT - 24, null);
        newcomer = 1;
        canAnswer = false;

        assertThat(policy().accept(null, false, atListener, null, waitingRoom(), 1, () -> canAnswer, now))
                .isEqualTo(Admission.WAIT);
    }

    @Test
    void letsANewcomerWaitWhereItCanAndCountsNoRefusal() {
        settings.put(Setting.RESET_BUDGET, 0);
        connect(REFUSAL_POINT - 24, null);
        newcomer = 1;

        assertThat(policy().accept(null, false, atListener, null, waitingRoom(), 1, () -> canAnswer, now))
                .isEqualTo(Admission.WAIT);
        assertThat(shed.of(RefusalCounters.Stage.ACCEPT)).isZero();
        assertThat(policy().shedWithin(1, now)).isTrue();
    }

    @Test
    void admitsWhoWaitedAsSoonAsAPlaceIsFree() {
        settings.put(Setting.RESET_BUDGET, 0);
        connect(REFUSAL_POINT - 24, null);
        newcomer = 1;
        policy().accept(null, false, atListener, null, waitingRoom(), 1, () -> canAnswer, now);

        open.get(0).closed();
        other--;

        assertThat(policy().accept(null, false, atListener, null, waitingRoom(), 1, () -> canAnswer, now))
                .isEqualTo(Admission.ADMIT);
    }

    @Test
    void letsThemWaitByAStalePictureAsAServerWithoutGuardDoes() {
        settings.put(Setting.RESET_BUDGET, 0);
        connect(REFUSAL_POINT - 24, null);
        newcomer = 1;

        assertThat(policy().accept(null, true, atListener, null, waitingRoom(), 1, () -> canAnswer, now))
                .isEqualTo(Admission.WAIT);
    }

    @Test
    void letsNobodyWaitForAServerThatIsFullOfOtherThings() {
        settings.put(Setting.RECLAIM, false);
        other = 800;
        connect(REFUSAL_POINT - 800, null);
        newcomer = 1;

        assertThat(policy().accept(null, false, atListener, null, waitingRoom(), 1, () -> canAnswer, now))
                .isEqualTo(Admission.RESET);
    }

    @Test
    void letsWhoComesFasterThanMemoryIsLookedAtWaitAndNobodyGiveWayForIt() {
        connect(100, null);
        pass(60);
        policy().atOnce(100);

        assertThat(policy().accept(null, false, atListener, null, waitingRoom(), 1, () -> canAnswer, now))
                .isEqualTo(Admission.WAIT);
        assertThat(evictions).isEmpty();
        assertThat(policy().shedWithin(1, now)).isFalse();
        policy().atOnce(101);
        assertThat(policy().accept(null, false, atListener, null, waitingRoom(), 1, () -> canAnswer, now))
                .isEqualTo(Admission.ADMIT);
    }

    @Test
    void refusesNobodyForTheSpeedAtWhichConnectionsCome() {
        connect(100, null);
        policy().atOnce(100);

        assertThat(policy().accept(null, true, atListener, null, waitingRoom(), 1, () -> canAnswer, now))
                .as("the sampler is late")
                .isEqualTo(Admission.ADMIT);
        assertThat(policy().accept(null, false, atListener, null, null, 0, () -> canAnswer, now))
                .as("there is nowhere to wait")
                .isEqualTo(Admission.ADMIT);
    }

    /** With room for one, who has only just come. */
    private AcceptQueueTimer waitingRoom() {
        AcceptQueueTimer room = new AcceptQueueTimer(SECONDS_4, () -> SECONDS_4, () -> 1);
        room.watch(new Probe() {
                    @Override
                    public Signal signal() {
                        return Signal.ACCEPT_QUEUE;
                    }

                    @Override
                    public Reading read(long nowNanos) {
                        return new Reading.Measured(Signal.ACCEPT_QUEUE, 0, 100);
                    }

                    @Override
                    public void close() {}
                })
                .read(now);
        return room;
    }

    @Test
    void outlivesAnAdapterThatCannotClose() {
        connect(REFUSAL_POINT - 25, null);
        policy().open(null, how -> {
            throw new IllegalStateException("can't");
        });
        other++;
        pass(3);
        for (ConnectionHandle handle : open) {
            handle.begin();
        }

        assertThat(accept(null).refused()).isTrue();
    }

    @Test
    void leavesTwelveDescriptorsToNobody() {
        connect(REFUSAL_POINT - 24, null);
        accept(null);
        newcomer = 1;

        assertThat(policy().roomForAnswers(0)).isEqualTo(LIMIT - 12 - REFUSAL_POINT - 1);
        assertThat(policy().roomForAnswers(5)).isEqualTo(LIMIT - 12 - REFUSAL_POINT - 1 + 5);
    }

    @Test
    void answersDoNotTakeTheLastTwelveEvenIfAllComeInTheSameMillisecond() {
        connect(REFUSAL_POINT - 24, null);
        int held = 0;
        for (int i = 0; i < 50; i++) {
            accept(null);
            newcomer = 1;
            if (held < policy().roomForAnswers(held)) {
                held++;
                other++;
            }
            newcomer = 0;
        }

        // The one that found no room has the last of the others until it is closed.
        assertThat(open.size() + other + 1).isEqualTo(LIMIT - 12);
    }

    private void connect(int times, @Nullable InetAddress source) {
        for (int i = 0; i < times; i++) {
            if (accept(source) == Admission.ADMIT) {
                Connection connection = new Connection();
                connection.handle = policy().open(source, connection);
                connection.handle.touch();
                open.add(connection.handle);
            }
        }
    }

    private void accept(int times) {
        for (int i = 0; i < times; i++) {
            accept(null);
        }
    }

    private long resets() {
        long sum = 0;
        for (RefusalCounters.Reason cause : RefusalCounters.Reason.values()) {
            sum += shed.of(RefusalCounters.Stage.ACCEPT, RefusalCounters.Method.RESET, cause);
        }
        return sum;
    }

    private void keepAllBusy() {
        open.forEach(ConnectionHandle::begin);
    }

    private Admission accept(@Nullable InetAddress source) {
        newcomer = 1;
        try {
            return policy().accept(source, false, atListener, null, null, 0, () -> canAnswer, now);
        } finally {
            newcomer = 0;
        }
    }

    private long newcomer;

    private final class Connection implements ConnectionCloser {
        @Nullable ConnectionHandle handle;

        @Override
        public void close(Closing how) {
            evictions.add(how);
            ConnectionHandle h = handle;
            if (h != null) {
                open.remove(h);
                h.closed();
            }
        }
    }

    private void pass(double seconds) {
        long until = now + Math.round(seconds * 1e9);
        do {
            now = Math.min(until, now + SAMPLE_PERIOD);
            policy().sampled(capacity(), Level.SHED, now);
        } while (now < until);
    }

    private AdmissionPolicy policy() {
        AdmissionPolicy p = policy;
        if (p == null) {
            p = new AdmissionPolicy(
                    new GuardConfig(settings),
                    () -> open.size() + other + newcomer,
                    () -> new GuardSnapshot(
                            Level.NORMAL,
                            null,
                            "",
                            capacity(),
                            new Verdict(true, 100, ""),
                            Admission.ADMIT,
                            refusal,
                            false,
                            resetsOnly,
                            Trend.CALM,
                            List.of(),
                            signals,
                            0,
                            false),
                    clock,
                    shed,
                    new ResetBudget(new GuardConfig(settings), () -> director, 0),
                    now);
            policy = p;
            p.setEnabled(true);
            p.sampled(capacity(), Level.NORMAL, now);
        }
        return p;
    }

    private Capacity capacity() {
        return new Capacity(LIMIT, open.size() + Math.max(0, other), open.size(), REFUSAL_POINT);
    }
}
