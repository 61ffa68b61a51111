/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.simulation.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The simulation can fail: faults that we had, or might have, are found by it when they are put back. */
@Tag("long")
class PutBackFaultsTest {
    private static final Logger LOG = Logger.getLogger("io.tcpguard");
    private static final int SEEDS = 1_200;

    @TempDir
    private Path classes;

    @BeforeAll
    static void nobodyReadsWhatTheySay() {
        LOG.setLevel(Level.OFF);
    }

    @AfterAll
    static void logsAgain() {
        LOG.setLevel(null);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '"',
            textBlock =
                    """
                    an old count overwrites a newer one ~ Math.min(permits(seen), worth) ~ worth ~ WITHIN_THE_LIMIT
                    resets have no budget ~ size - spent ~ size ~ BOUNDED_RESETS
                    a stall is held, longer each time ~ STALLED(DownBy.SIGNALS, false, ~ STALLED(DownBy.SIGNALS, true, ~ BACK_IN_TIME
                    a connection is counted twice as closed ~ if (gone == 0 && GONE.compareAndSet(this, 0, 1)) ~ if (GONE.getAndSet(this, 1) >= 0) ~ BOOKS
                    health fails where clients are shed ~ if (leaking || helpless || first) ~ if (leaking || helpless || first || shedding) ~ NOT_DOWN_FOR_CONNECTIONS/BACK_IN_TIME
                    a tiny reserve counts as eaten by one in hand ~ point + reserve / 4 + 2) ~ 0) ~ NOT_DOWN_FOR_CONNECTIONS/BACK_IN_TIME
                    nobody asks whether the listener accepts ~ if (!listeners.get(i).accepting()) { ~ if (listeners.isEmpty()) { ~ NOT_UP_OVER_DEAD
                    who waits is never told to go ~ longest > 0 && inHand > overdue ~ longest > 0 ~ WAITS_END
                    work in progress is evicted ~ boolean free = now == 0 || ( ~ boolean free = now >= 0 || ( ~ NO_WORK_EVICTED
                    permits are of the reserve ~ Math.min(mostPermits, (point - used) / 4) ~ mostPermits ~ WITHIN_THE_LIMIT
                    answers take the last descriptors ~ held + capacity.limit() - capacity.keptFree() - used ~ held + capacity.limit() - used ~ KEPT_FREE
                    allowed clients take the last descriptors ~ return capacity.reserve() - capacity.keptFree(); ~ return capacity.reserve(); ~ WITHIN_THE_LIMIT
                    an eaten reserve is not whole while clients fill the server ~ return byOthers; ~ return m.used() > point; ~ BACK_IN_TIME
                    a clock passes its largest number ~ origin = nowNanos; ~ origin = 0; nanos.set(nowNanos); ~ IDLE_GIVES_WAY/OLDEST_FIRST
                    the clock of a queue passes its largest number ~ origin = now; ~ origin = 0; ~ WAITS_END
                    a level is never left ~ raised ? value < leave : ~ raised ? value < 0 : ~ ALL_LEFT/BACK_IN_TIME/NOT_DOWN_FOR_NOTHING
                    """)
    void isFound(String fault, String is, String was, String by) throws Exception {
        String found = PutBackFault.of(is, was, classes).firstBroken(1, SEEDS);

        assertThat(by.split("/", -1)).as(fault + ": " + found).contains(found.substring(0, found.indexOf(' ')));
        assertThat(found).doesNotContain("does not break it again");
    }
}
