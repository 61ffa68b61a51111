/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.signal.Cause;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.Admission;
import io.tcpguard.state.ConnectionLimits;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.state.RefusalCounters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class EngineTest {
    private static final int LIMIT = 1024;
    private static final int REFUSAL_POINT = 1008;

    private GuardConfig config = GuardConfig.defaults();
    private Engine engine = new Engine(config, 0);
    private final List<Watch> watches = new ArrayList<>();
    private final List<ListenerWatch> listeners = new ArrayList<>();
    private double time;
    private long own;
    private boolean shedNow;
    private @Nullable String operator;

    EngineTest() {
        configure(GuardConfig.defaults());
    }

    private void configure(GuardConfig c) {
        config = c;
        engine = new Engine(c, 0);
        watches.clear();
        for (Signal signal : Signal.values()) {
            watches.add(new Watch(signal, signal == Signal.ACCEPT_QUEUE ? "http" : "", c));
        }
    }

    @Test
    void isNormalAndUpWhileNothingIsKnown() {
        GuardSnapshot snapshot = after(10);

        assertThat(snapshot.level()).isEqualTo(Level.NORMAL);
        assertThat(snapshot.verdict().up()).isTrue();
        assertThat(snapshot.blind()).isTrue();
        assertThat(snapshot.admission()).isEqualTo(Admission.ADMIT);
    }

    @Test
    void refusesAboveTheLimitLessTheReserve() {
        descriptors(100, 0);

        assertThat(after(1).capacity().admissionThreshold()).isEqualTo(REFUSAL_POINT);
    }

    @Test
    void keepsTwoPercentOfALargeLimitWithWhatIsTheGuards() {
        measured(Signal.DESCRIPTORS, 10, 100_000);

        assertThat(after(1).capacity().admissionThreshold()).isEqualTo(98_008);
    }

    @Test
    void keepsNothingOfATinyLimit() {
        measured(Signal.DESCRIPTORS, 10, 40);

        assertThat(after(1).capacity().admissionThreshold()).isEqualTo(40);
    }

    @Test
    void isElevatedAtEightyFivePercentAndNobodyIsRefused() {
        descriptors(871, 850);

        GuardSnapshot snapshot = after(1);
        assertThat(snapshot.level()).isEqualTo(Level.ELEVATED);
        assertThat(snapshot.leading()).isEqualTo(Signal.DESCRIPTORS);
        assertThat(snapshot.admission()).isEqualTo(Admission.ADMIT);
    }

    @Test
    void shedsAtTheAdmissionThresholdAndStaysUpWithFullWeight() {
        descriptors(REFUSAL_POINT, 970);

        GuardSnapshot snapshot = after(60);
        assertThat(snapshot.level()).isEqualTo(Level.SHED);
        assertThat(snapshot.verdict().up()).isTrue();
        assertThat(snapshot.verdict().weight()).isEqualTo(100);
        assertThat(snapshot.admission()).isEqualTo(Admission.RESPOND);
    }

    @Test
    void shedsWhileNewcomersAreRefusedAlthoughTheSampleJustMissedThePoint() {
        descriptors(REFUSAL_POINT - 5, 970);
        shedNow = true;

        assertThat(after(0.02).level()).isEqualTo(Level.SHED);
    }

    @Test
    void goesBackToNormalByItselfAfterADwell() {
        descriptors(REFUSAL_POINT, 970);
        after(1);
        descriptors(300, 280);

        assertThat(after(0.9).level()).isEqualTo(Level.SHED);
        assertThat(after(1.2).level()).isEqualTo(Level.NORMAL);
    }

    @Test
    void neverFailsHealthBecauseConnectionsFillTheServer() {
        descriptors(REFUSAL_POINT + 13, REFUSAL_POINT);
        shedNow = true;

        assertThat(after(600).verdict().up()).isTrue();
    }

    @Test
    void lowersTheWeightAsSomethingElseTakesTheDescriptors() {
        descriptors(600, 88);

        assertThat(after(1).verdict().weight()).isEqualTo(50);
    }

    @Test
    void failsHealthWhenALeakLeavesTooLittleToClients() {
        leakUpTo(960, 100);

        GuardSnapshot snapshot = engine.snapshot();
        assertThat(snapshot.level()).isEqualTo(Level.DRAIN);
        assertThat(snapshot.verdict().up()).isFalse();
        assertThat(snapshot.verdict().reason())
                .contains("of 1024 descriptors are usable for clients")
                .contains("are held by something else");
    }

    @Test
    void neverFailsHealthForFilesThatAreOpenedOnceAndKeptHoweverMany() {
        descriptors(900, 100);
        assertThat(after(60).verdict().up()).isTrue();
        descriptors(60, 10);
        after(60);

        // In a second or two, as an index is opened.
        for (int used = 60; used < 900; used += 12) {
            descriptors(used, 10);
            after(0.02);
        }
        assertThat(upFor(60)).isTrue();
        assertThat(engine.snapshot().verdict().weight()).isLessThanOrEqualTo(20);
    }

    @Test
    void returnsOnlyWhenATenthMoreOfTheLimitIsUsableAgain() {
        leakUpTo(960, 100);
        descriptors(800, 100);
        assertThat(after(20).verdict().up()).isFalse();

        descriptors(400, 100);
        assertThat(after(20).verdict().up()).isTrue();
    }

    @Test
    void failsHealthWhenTheReserveIsEatenInSpiteOfShedding() {
        descriptors(1022, 400);

        assertThat(after(0.9).verdict().up()).isTrue();
        assertThat(after(0.2).verdict().up()).isFalse();
    }

    @Test
    void neverFailsHealthForAReserveThatConnectionsHaveEaten() {
        descriptors(300, 200);
        after(0.02);

        descriptors(1023, 920);

        assertThat(after(60).verdict().up()).isTrue();
    }

    @Test
    void failsHealthWhenOthersEatTheReserveOfAServerFullOfConnections() {
        descriptors(REFUSAL_POINT, 900);
        after(10);

        descriptors(1022, 902);

        assertThat(after(1.1).verdict().up()).isFalse();
        assertThat(after(0.02).verdict().reason()).contains("1022 of 1024").contains("by others than clients");
    }

    @Test
    void isNotKeptDownByClientsWhoFillTheServerOnceTheOthersAreGone() {
        descriptors(REFUSAL_POINT, 900);
        after(10);
        descriptors(1022, 902);
        assertThat(after(1.1).verdict().up()).isFalse();

        descriptors(REFUSAL_POINT + 1, 920);

        assertThat(after(20).verdict().up()).isTrue();
    }

    @Test
    void decidesNothingWhereNothingCanBeKeptBack() {
        measured(Signal.DESCRIPTORS, 48, 48);
        own = 10;

        assertThat(after(60).level()).isEqualTo(Level.NORMAL);
        assertThat(after(60).verdict().up()).isTrue();
    }

    /**
     * Two, three and ten: each client comes with so many to back ends, an instant later, and takes them along when it
     * leaves.
     */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 10})
    void takesWhatComesAndGoesWithTheClientsForTheirs(int each) {
        List<Long> clients = new ArrayList<>();
        for (int i = 0; i < 6000; i++) {
            clients.add(clientsAt(i, each));
            long before = clients.get(Math.max(0, i - 5));
            descriptors(40 + clients.get(i) + each * before, clients.get(i));
            after(0.02);
            assertThat(engine.snapshot().verdict().up()).isTrue();
        }

        assertThat(engine.snapshot().verdict().weight()).isGreaterThanOrEqualTo(90);
        assertThat(engine.snapshot().capacity().takenByClients()).isTrue();
        assertThat(engine.snapshot().refusal()).isIn(null, RefusalCounters.Reason.CONNECTIONS);
    }

    /** Up to 95 % of the limit in half a minute, then up and down a little. */
    private static long clientsAt(int step, int each) {
        long most = 930 / (1 + each);
        return step < 1500 ? most * step / 1500 : most - (long) (most / 10.0 * (1 - Math.cos((step - 1500) / 200.0)));
    }

    @Test
    void seesTheLeakOfAGateway() {
        long leaked = 0;
        for (int i = 0; i < 12_000 && engine.snapshot().verdict().up(); i++) {
            long clients = i < 500 ? i / 5 : 100 + (long) (20 * Math.sin(i / 100.0));
            leaked = Math.max(0, i - 2000) / 5;
            descriptors(Math.min(LIMIT, 40 + 4 * clients + leaked), clients);
            after(0.02);
        }

        assertThat(engine.snapshot().verdict().up()).isFalse();
        assertThat(leaked).isBetween(300L, 1000L);
    }

    @Test
    void treatsARunOutAsPressureOne() {
        watch(Signal.SYSTEM_FILES)
                .read(new Reading.Unavailable(Signal.SYSTEM_FILES, Cause.OUT_OF_DESCRIPTORS, "open failed"));

        assertThat(after(1).level()).isEqualTo(Level.SHED);
    }

    @Test
    void failsHealthAtAPressureOnlyWhereThatIsSet() {
        configure(new GuardConfig(Map.of(Setting.FAIL_HEALTH_AT, 0.9)));
        descriptors(930, 910);

        assertThat(after(1).verdict().up()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(
            value = Signal.class,
            names = {"TIME_WAIT", "ORPHANS", "TCP_MEMORY", "CONNTRACK", "EPHEMERAL_PORTS"})
    void neverRefusesOrDrainsForWhatRefusalDoesNotRelieve(Signal signal) {
        measured(signal, 1000, 1000);

        GuardSnapshot snapshot = after(60);
        assertThat(snapshot.level()).isEqualTo(Level.ELEVATED);
        assertThat(snapshot.leading()).isEqualTo(signal);
        assertThat(snapshot.admission()).isEqualTo(Admission.ADMIT);
        assertThat(snapshot.verdict().up()).isTrue();
    }

    @Test
    void closesByResetsOnceTimeWaitIsPastHalfItsLimitAndUntilItIsWellBelow() {
        measured(Signal.TIME_WAIT, 499, 1000);
        assertThat(after(1).resetsOnly()).isFalse();

        measured(Signal.TIME_WAIT, 501, 1000);
        GuardSnapshot past = after(1);
        assertThat(past.resetsOnly()).isTrue();
        for (int i = 0; i < 50; i++) {
            measured(Signal.TIME_WAIT, 495 + i % 10, 1000);
            assertThat(after(0.1).resetsOnly()).isTrue();
        }

        measured(Signal.TIME_WAIT, 440, 1000);
        assertThat(after(1.2).resetsOnly()).isFalse();
    }

    @Test
    void neverAsksForResetsBehindAProxy() {
        configure(new GuardConfig(Map.of(Setting.BEHIND_PROXY, true)));
        measured(Signal.TIME_WAIT, 990, 1000);

        assertThat(after(5).resetsOnly()).isFalse();
    }

    @Test
    void doesNotShedForABurstThatFillsTheAcceptQueueForAnInstant() {
        measured(Signal.ACCEPT_QUEUE, 101, 100);
        after(0.3);
        measured(Signal.ACCEPT_QUEUE, 0, 100);

        assertThat(after(0.3).level()).isEqualTo(Level.NORMAL);
    }

    @Test
    void shedsWhileTheAcceptQueueStaysFullAndServesWhereAPlaceIsFree() {
        measured(Signal.ACCEPT_QUEUE, 101, 100);

        GuardSnapshot snapshot = after(0.6);
        assertThat(snapshot.level()).isEqualTo(Level.SHED);
        assertThat(snapshot.admission()).isEqualTo(Admission.ADMIT);
        assertThat(snapshot.reason()).contains("ACCEPT_QUEUE of http is at 101 of 100");
    }

    @Test
    void refusesNewcomersWhileWorkWaitsTooLong() {
        measured(Signal.WORK_DELAY, 600, 500);

        GuardSnapshot snapshot = after(0.6);
        assertThat(snapshot.level()).isEqualTo(Level.SHED);
        assertThat(snapshot.admission()).isEqualTo(Admission.RESPOND);
        assertThat(snapshot.refusal()).isEqualTo(RefusalCounters.Reason.WORK_DELAY);
        assertThat(snapshot.requestsStalled()).isFalse();
        assertThat(snapshot.verdict().up()).isTrue();
    }

    @Test
    void failsHealthWhenWorkIsStalled() {
        measured(Signal.WORK_DELAY, 10_000, 500);

        GuardSnapshot snapshot = after(0.02);
        assertThat(snapshot.level()).isEqualTo(Level.DRAIN);
        assertThat(snapshot.verdict().up()).isFalse();
    }

    @Test
    void isDownWhenAListenerDoesNotAcceptAnyMore() {
        boolean[] accepting = {true};
        listeners.add(
                new ListenerWatch("http", listening(() -> accepting[0], 7), watch(Signal.ACCEPT_QUEUE), config, 0));
        assertThat(after(1).verdict().up()).isTrue();

        accepting[0] = false;

        assertThat(after(0.02).verdict().up()).as("perhaps it is being closed").isTrue();
        GuardSnapshot snapshot = after(0.3);
        assertThat(snapshot.level()).isEqualTo(Level.DRAIN);
        assertThat(snapshot.verdict().reason()).contains("listener http does not accept");
    }

    @Test
    void isDownWhenAListenerAcceptsAndServesNobodyAndUpWhenItServesAgain() {
        boolean[] serving = {true};
        ListenerCondition listening = new ListenerCondition() {
            @Override
            public boolean accepting() {
                return true;
            }

            @Override
            public boolean serving() {
                return serving[0];
            }

            @Override
            public long accepts() {
                return 7;
            }
        };
        listeners.add(new ListenerWatch("http", listening, watch(Signal.ACCEPT_QUEUE), config, 0));
        assertThat(after(1).verdict().up()).isTrue();

        serving[0] = false;
        GuardSnapshot snapshot = after(0.3);
        assertThat(snapshot.verdict().up()).isFalse();
        assertThat(snapshot.verdict().reason()).contains("listener http accepts connections and does nothing for them");

        serving[0] = true;
        assertThat(after(120).verdict().up()).isTrue();
    }

    @Test
    void isNotDownForAListenerThatIsClosedWhileACycleRuns() {
        boolean[] accepting = {true};
        ListenerWatch closing =
                new ListenerWatch("http", listening(() -> accepting[0], 7), watch(Signal.ACCEPT_QUEUE), config, 0);
        listeners.add(closing);
        assertThat(after(1).verdict().up()).isTrue();

        accepting[0] = false;
        assertThat(after(0.02).verdict().up()).isTrue();
        closing.forget();

        assertThat(after(60).verdict().up()).isTrue();
    }

    @Test
    void isDownUntilAListenerAcceptsForTheFirstTimeAndUpRightThen() {
        boolean[] accepting = {false};
        listeners.add(
                new ListenerWatch("http", listening(() -> accepting[0], 0), watch(Signal.ACCEPT_QUEUE), config, 0));
        assertThat(after(1).verdict().reason()).contains("listener http does not accept yet");
        assertThat(engine.snapshot().level()).isEqualTo(Level.NORMAL);

        accepting[0] = true;
        assertThat(after(0.02).verdict().up()).isTrue();
    }

    @Test
    void isDownWhenConnectionsWaitAndNoneIsAcceptedForTooLong() {
        listeners.add(new ListenerWatch("http", listening(() -> true, 7), watch(Signal.ACCEPT_QUEUE), config, 0));
        measured(Signal.ACCEPT_QUEUE, 3, 100);

        assertThat(after(9.9).verdict().up()).isTrue();
        assertThat(after(0.3).verdict().reason()).contains("has accepted none of them");
    }

    @Test
    void doesNotTakeAQuietListenerForAStalledOne() {
        listeners.add(new ListenerWatch("http", listening(() -> true, 7), watch(Signal.ACCEPT_QUEUE), config, 0));
        measured(Signal.ACCEPT_QUEUE, 0, 100);

        assertThat(after(600).verdict().up()).isTrue();
    }

    @Test
    void drainsForAnOperatorAndComesBackWhenItIsOver() {
        operator = "deploy";
        assertThat(after(0.02).level()).isEqualTo(Level.DRAIN);
        assertThat(engine.snapshot().verdict().reason()).isEqualTo("deploy");
        assertThat(engine.snapshot().admission()).isEqualTo(Admission.ADMIT);

        operator = null;
        assertThat(after(0.02).verdict().up()).isTrue();
    }

    @Test
    void publishesTheSameObjectWhileNothingChanges() {
        descriptors(100, 80);
        GuardSnapshot snapshot = after(1);

        assertThat(after(100)).isSameAs(snapshot);
    }

    @Test
    void saysSinceWhenTheLevelStands() {
        descriptors(100, 80);
        after(5);
        descriptors(900, 880);
        after(0.02);
        long since = engine.snapshot().levelSinceNanos();
        descriptors(901, 881);

        assertThat(after(3).levelSinceNanos()).isEqualTo(since);
    }

    @Test
    void leadsWithTheSignalOfTheHighestLevel() {
        measured(Signal.TIME_WAIT, 990, 1000);
        descriptors(REFUSAL_POINT, 900);
        measured(Signal.WORK_DELAY, 20_000, 500);

        assertThat(after(1).leading()).isEqualTo(Signal.WORK_DELAY);
    }

    @Test
    void saysAtElevatedThatItIsALeakAndHowLongTheDescriptorsLast() {
        for (int used = 700; used < 900; used++) {
            descriptors(used, 400);
            after(0.1);
        }

        GuardSnapshot snapshot = engine.snapshot();
        assertThat(snapshot.level()).isEqualTo(Level.ELEVATED);
        assertThat(snapshot.reason())
                .matches("descriptors come near the limit; at this pace none is left in 1\\d s; it is not connections "
                        + "that grow: a leak");
        assertThat(snapshot.trend().perSecond()).isBetween(9.0, 11.0);
    }

    @Test
    void saysAtDrainThatItIsALeak() {
        for (int used = 780; used < 880; used++) {
            descriptors(used, 10);
            after(0.2);
        }

        assertThat(engine.snapshot().level()).isEqualTo(Level.DRAIN);
        assertThat(engine.snapshot().verdict().reason())
                .startsWith("only ")
                .endsWith("it is not connections that grow: a leak");
    }

    @Test
    void dropsTheWordOfALeakWhenItStops() {
        for (int used = 700; used < 900; used++) {
            descriptors(used, 400);
            after(0.1);
        }
        after(15);

        assertThat(engine.snapshot().reason()).isEqualTo("descriptors come near the limit");
    }

    @Test
    void honoursAReserveThatIsSet() {
        configure(new GuardConfig(Map.of(Setting.RESERVE, 100, Setting.DWELL, Duration.ZERO)));
        descriptors(924, 900);

        assertThat(after(0.02).level()).isEqualTo(Level.SHED);
        descriptors(700, 690);
        assertThat(after(0.02).level()).isEqualTo(Level.NORMAL);
    }

    @Test
    void saysWithEveryReasonThatItIsARehearsalAndTeachesNothing() {
        engine.rehearsal(true);
        assertThat(after(0.02).reason()).isEqualTo("rehearsal: no pressure");
        assertThat(engine.snapshot().rehearsal()).isTrue();

        descriptors(1022, 400);
        GuardSnapshot down = after(2);
        assertThat(down.verdict().up()).isFalse();
        assertThat(down.verdict().reason()).startsWith("rehearsal: 1022 of 1024");
        operator = "deploy";
        assertThat(after(0.02).verdict().reason()).isEqualTo("deploy");
        operator = null;
        engine.rehearsal(false);
        descriptors(100, 80);
        assertThat(after(60).reason()).isEqualTo("no pressure");
        assertThat(engine.snapshot().verdict().up()).isTrue();
    }

    /** Four times in ten minutes would be one time too many: the return then takes twice as long. */
    @Test
    void countsNoRehearsalAsFlapping() {
        descriptors(300, 280);
        for (int i = 0; i < 4; i++) {
            engine.rehearsal(i < 3);
            after(1);
            descriptors(1022, 280);
            assertThat(after(1.1).verdict().up()).isFalse();
            descriptors(300, 280);
            assertThat(after(7).verdict().up()).isTrue();
        }
    }

    @Test
    void knowsTheOtherLimitsOfConnections() {
        engine.limits(new ConnectionLimits(50, ConnectionLimits.NONE, ConnectionLimits.NONE));

        assertThat(after(0.02).capacity().slots()).isEqualTo(50);
    }

    @Test
    void doesNotFailHealthForWhatShowsJustAfterAPause() {
        measured(Signal.WORK_DELAY, 0, 500);
        after(5);
        engine.paused(Math.round(time * 1e9));
        measured(Signal.WORK_DELAY, 12_000, 500);

        assertThat(after(0.9).verdict().up()).isTrue();
        assertThat(after(0.2).verdict().up()).isFalse();
    }

    @Test
    void staysDownThroughAPause() {
        measured(Signal.WORK_DELAY, 12_000, 500);
        assertThat(after(0.5).verdict().up()).isFalse();
        engine.paused(Math.round(time * 1e9));

        assertThat(after(0.02).verdict().up()).isFalse();
    }

    @Test
    void obeysAnOperatorJustAfterAPause() {
        after(5);
        engine.paused(Math.round(time * 1e9));
        operator = "deploy";

        assertThat(after(0.02).verdict().up()).isFalse();
    }

    @Test
    void refusesForAsManyConnectionsAsThereMayBeButNotForOneListenersOwn() {
        measured(Signal.CONNECTIONS, 100, 100);
        assertThat(after(1).refusal()).isEqualTo(RefusalCounters.Reason.CONNECTIONS);

        measured(Signal.CONNECTIONS, 0, 100);
        after(3);
        Watch ofOne = new Watch(Signal.CONNECTIONS, "http", config);
        ofOne.read(new Reading.Measured(Signal.CONNECTIONS, 100, 100));
        watches.add(ofOne);
        assertThat(after(1).level()).isEqualTo(Level.SHED);
        assertThat(engine.snapshot().refusal()).isNull();
    }

    @Test
    void refusesForWhatTakesTheDescriptorsThoughConnectionsAreFullToo() {
        descriptors(REFUSAL_POINT, 300);
        measured(Signal.CONNECTIONS, 100, 100);

        assertThat(after(1).refusal()).isEqualTo(RefusalCounters.Reason.OTHER_DESCRIPTORS);
    }

    @Test
    void leadsWithTheWorkThatWaitsLongestAndTheFirstOfEquals() {
        measured(Signal.WORK_DELAY, 700, 500);
        Watch second = new Watch(Signal.WORK_DELAY, "second", config);
        watches.add(second);
        second.read(new Reading.Measured(Signal.WORK_DELAY, 700, 500));
        assertThat(after(1).reason()).startsWith("WORK_DELAY is at 700 ");

        second.read(new Reading.Measured(Signal.WORK_DELAY, 701, 500));
        assertThat(after(1.1).reason()).startsWith("WORK_DELAY of second is at 701 ");
    }

    private void leakUpTo(int most, long ownConnections) {
        for (int used = 120; used <= most; used++) {
            descriptors(used, ownConnections);
            after(0.04);
        }
    }

    private boolean upFor(int seconds) {
        boolean up = true;
        for (int i = 0; i < seconds * 10; i++) {
            up &= after(0.1).verdict().up();
        }
        return up;
    }

    private void descriptors(long used, long ownConnections) {
        measured(Signal.DESCRIPTORS, used, LIMIT);
        own = ownConnections;
    }

    private void measured(Signal signal, long used, long limit) {
        watch(signal).read(new Reading.Measured(signal, used, limit));
    }

    private static ListenerCondition listening(BooleanSupplier accepting, long accepts) {
        return new ListenerCondition() {
            @Override
            public boolean accepting() {
                return accepting.getAsBoolean();
            }

            @Override
            public long accepts() {
                return accepts;
            }
        };
    }

    private Watch watch(Signal signal) {
        return watches.stream().filter(w -> w.signal() == signal).findFirst().orElseThrow();
    }

    private GuardSnapshot after(double seconds) {
        GuardSnapshot snapshot = engine.snapshot();
        int steps = (int) Math.max(1, Math.round(seconds / 0.02));
        for (int i = 0; i < steps; i++) {
            time += 0.02;
            snapshot = engine.step(watches, listeners, own, shedNow, operator, 0, Math.round(time * 1e9));
        }
        return snapshot;
    }
}
