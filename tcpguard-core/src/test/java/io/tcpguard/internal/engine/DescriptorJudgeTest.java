/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.signal.Cause;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.ConnectionLimits;
import io.tcpguard.state.Level;
import io.tcpguard.state.RefusalCounters;
import io.tcpguard.state.Trend;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The points at which the levels of the descriptors turn, to one descriptor. */
class DescriptorJudgeTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final Reading UNKNOWN = new Reading.Unavailable(Signal.DESCRIPTORS, Cause.FAILED, "gone");
    private static final ConnectionLimits FIFTY =
            new ConnectionLimits(50, ConnectionLimits.NONE, ConnectionLimits.NONE);

    private DescriptorJudge judge = new DescriptorJudge(GuardConfig.defaults());
    private long now = 40 * SECOND;
    private long limit = 1024;

    @Test
    void elevatedEndsAFewHundredthsBelowWhereItBegins() {
        assertThat(step(870, 850)).isEqualTo(Level.NORMAL);
        assertThat(step(871, 850)).isEqualTo(Level.ELEVATED);
        step(820, 800);
        assertThat(after(5, 820, 800)).isEqualTo(Level.ELEVATED);
        step(819, 800);
        assertThat(after(1, 819, 800)).isEqualTo(Level.NORMAL);
    }

    @Test
    void unknownStaysTheSameObject() {
        judge.step(UNKNOWN, 5, false, now);

        assertThat(judge.capacity()).isSameAs(Capacity.UNKNOWN);
    }

    @Test
    void unknownAfterSomethingKnownIsUnknown() {
        step(500, 5);
        judge.step(UNKNOWN, 5, false, now);

        assertThat(judge.capacity()).isEqualTo(Capacity.UNKNOWN);
    }

    @Test
    void otherLimitsAreKnownThoughDescriptorsAreNot() {
        judge.limits(FIFTY);
        judge.step(UNKNOWN, 5, false, now);

        assertThat(judge.capacity().connections()).isEqualTo(FIFTY);
    }

    @Test
    void otherLimitsAreKnownFromTheNextCycleOn() {
        step(500, 5);
        judge.limits(FIFTY);
        step(500, 5);

        assertThat(judge.capacity().connections()).isEqualTo(FIFTY);
    }

    @Test
    void whatClientsBringIsForgottenWhileNothingIsKnown() {
        step(100, 0);
        step(130, 10);
        assertThat(judge.capacity().brought()).isEqualTo(20);

        judge.step(UNKNOWN, 10, false, now);
        step(130, 10);

        assertThat(judge.capacity().brought()).isZero();
    }

    @Test
    void noLevelOutlastsWhatIsUnknownForADwell() {
        step(900, 880);
        judge.step(UNKNOWN, 5, false, now += SECOND);
        judge.step(UNKNOWN, 5, false, now += SECOND);

        assertThat(step(850, 840)).isEqualTo(Level.NORMAL);
    }

    @Test
    void noLevelOutlastsALimitOfWhichNothingCanBeKept() {
        step(900, 880);
        for (int i = 0; i < 2; i++) {
            now += SECOND;
            assertThat(judge.step(new Reading.Measured(Signal.DESCRIPTORS, 40, 40), 5, false, now))
                    .isEqualTo(Level.NORMAL);
        }

        assertThat(step(850, 840)).isEqualTo(Level.NORMAL);
    }

    /** Each brings seven: by themselves the clients would be an eighth of what grows, and no flood. */
    @Test
    void whatClientsBringIsTheirFlood() {
        for (int clients = 0; clients < 40; clients += 2) {
            step(100 + 8 * clients, clients);
        }

        assertThat(judge.trend().kind()).isEqualTo(Trend.Kind.FLOOD);
    }

    @Test
    void tooFewAreUsableBelowTheLeastAndNotAtIt() {
        judge = new DescriptorJudge(new GuardConfig(Map.of(Setting.DRAIN_AFTER, Duration.ZERO)));
        for (int used = 700; used < 769; used += 4) {
            assertThat(step(used, 0)).isEqualTo(Level.NORMAL);
        }
        assertThat(judge.capacity().usable()).isEqualTo(256);
        assertThat(judge.trend().kind()).isEqualTo(Trend.Kind.LEAK);

        assertThat(step(769, 0)).isEqualTo(Level.DRAIN);
        assertThat(judge.sentence(Level.DRAIN))
                .startsWith("only 255 of 1024 descriptors are usable for clients: 769 are held by something else");
    }

    @Test
    void enoughAreUsableAgainAtATenthMore() {
        judge = new DescriptorJudge(
                new GuardConfig(Map.of(Setting.DRAIN_AFTER, Duration.ZERO, Setting.MIN_USABLE, 0.15)));
        for (int used = 800; used < 880; used += 4) {
            step(used, 0);
        }
        assertThat(step(880, 0)).isEqualTo(Level.DRAIN);
        assertThat(after(5, 769, 0)).isEqualTo(Level.DRAIN);

        step(768, 0);
        assertThat(after(1, 768, 0)).isEqualTo(Level.NORMAL);
    }

    @Test
    void clientsInTheLastDescriptorFailNoHealth() {
        step(300, 200);

        assertThat(after(5, 1024, 924)).isEqualTo(Level.SHED);
    }

    @Test
    void aQuarterOfTheReserveIsWhatAdmissionsMayPassItBy() {
        step(1000, 900);
        step(1009, 900);

        assertThat(after(3, 1022, 907)).isEqualTo(Level.SHED);
    }

    @Test
    void whatIsEatenAboveThatIsByOthersOnceMoreThanHalfIs() {
        step(1008, 900);
        assertThat(after(3, 1022, 907)).as("seven of fourteen").isEqualTo(Level.SHED);

        assertThat(after(3, 1022, 906)).as("eight of fourteen").isEqualTo(Level.DRAIN);
        assertThat(judge.sentence(Level.DRAIN))
                .startsWith("1022 of 1024 descriptors are open in spite of shedding: 8 more than before by others");
    }

    /** By prlimit: full of clients is no reason to fail, also while they are evicted and their closes are under way. */
    @Test
    void aLimitLoweredBelowWhatClientsHoldFailsNoHealth() {
        limit = 20_000;
        step(933, 900);
        limit = 300;
        for (int gone = 0; gone < 600; gone += 20) {
            assertThat(step(933 - gone, 900 - gone - gone % 40 / 20)).isEqualTo(Level.SHED);
        }
    }

    @Test
    void othersWhoTakeWhatALoweredLimitLeftFailIt() {
        limit = 20_000;
        step(933, 900);
        limit = 900;
        step(900, 860);

        assertThat(after(3, 900, 840)).isEqualTo(Level.DRAIN);
    }

    @Test
    void aServerThatHadNothingOpenWasWhole() {
        step(0, 0);

        assertThat(after(3, 1023, 900)).isEqualTo(Level.SHED);
    }

    @Test
    void aLargeReserveIsEatenWhenAnEighthOfItIsLeft() {
        judge = new DescriptorJudge(new GuardConfig(Map.of(Setting.RESERVE, 100)));
        step(900, 800);
        assertThat(after(3, 1011, 800)).isEqualTo(Level.SHED);

        assertThat(after(3, 1012, 800)).isEqualTo(Level.DRAIN);
    }

    @Test
    void aTinyReserveIsEatenWhereAdmissionsOfOneMomentCannotReach() {
        judge = new DescriptorJudge(new GuardConfig(Map.of(Setting.RESERVE, 4)));
        step(1000, 900);
        assertThat(after(3, 1022, 900)).isEqualTo(Level.SHED);

        assertThat(after(3, 1023, 900)).isEqualTo(Level.DRAIN);
    }

    @Test
    void aReserveThatOthersGaveBackIsWhole() {
        step(1004, 900);
        assertThat(after(3, 1022, 902)).isEqualTo(Level.DRAIN);

        step(1012, 908);
        assertThat(after(1, 1012, 908)).isEqualTo(Level.SHED);
    }

    @Test
    void whoFillsItIsSaid() {
        step(1004, 900);
        assertThat(judge.sentence(Level.SHED)).startsWith("descriptors are full of connections");
        assertThat(judge.cause()).isEqualTo(RefusalCounters.Reason.CONNECTIONS);

        step(1004, 400);
        assertThat(judge.sentence(Level.SHED)).startsWith("descriptors are taken by something other than connections");
        assertThat(judge.cause()).isEqualTo(RefusalCounters.Reason.OTHER_DESCRIPTORS);
    }

    @Test
    void aPressureThatFailsHealthIsNamed() {
        judge = new DescriptorJudge(new GuardConfig(Map.of(Setting.FAIL_HEALTH_AT, 0.9)));
        assertThat(step(921, 900)).isEqualTo(Level.ELEVATED);

        assertThat(step(922, 900)).isEqualTo(Level.DRAIN);
        assertThat(judge.sentence(Level.DRAIN)).startsWith("descriptor pressure is above failHealthAt=0.9");
    }

    /** While the level is held for its dwell: no "0 more than before". */
    @Test
    void whatIsOverIsToldAsWhatItWas() {
        step(1008, 900);
        after(3, 1022, 906);
        assertThat(step(1009, 903)).isEqualTo(Level.DRAIN);
        assertThat(judge.sentence(Level.DRAIN))
                .isEqualTo("1022 of 1024 descriptors were open in spite of shedding, 8 more than before by others than"
                        + " clients; 1009 are open now");
    }

    @Test
    void aLeakThatGaveBackIsToldAsWhatItWas() {
        long used = 400;
        while (step(used, 100) != Level.DRAIN) {
            used += 10;
        }
        assertThat(judge.sentence(Level.DRAIN)).contains(" descriptors are usable for clients: ");
        assertThat(step(300, 100)).isEqualTo(Level.DRAIN);
        assertThat(judge.sentence(Level.DRAIN))
                .matches("only \\d+ of 1024 descriptors were usable for clients; 824 are now.*");
    }

    @Test
    void aPressureThatFellIsToldAsWhatItWas() {
        judge = new DescriptorJudge(new GuardConfig(Map.of(Setting.FAIL_HEALTH_AT, 0.9)));
        step(922, 900);
        assertThat(step(800, 780)).isEqualTo(Level.DRAIN);
        assertThat(judge.sentence(Level.DRAIN)).startsWith("descriptor pressure was above failHealthAt=0.9");
    }

    private Level step(long used, long own) {
        now += SECOND;
        return judge.step(new Reading.Measured(Signal.DESCRIPTORS, used, limit), own, false, now);
    }

    private Level after(int seconds, long used, long own) {
        Level level = Level.NORMAL;
        for (int i = 0; i < seconds; i++) {
            level = step(used, own);
        }
        return level;
    }
}
