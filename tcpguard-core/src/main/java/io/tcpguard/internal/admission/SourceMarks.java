/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import io.tcpguard.state.RefusalCounters.Rank;

/**
 * What one source did, in a word of 64 bits: 35 bits of its hash, whether it is a client behind a trusted proxy, the
 * minute of the last mark, and three counts that fade by the minute. 0 is nobody.
 */
final class SourceMarks {
    /**
     * Refusals in a row, within a minute or so, of a source that comes again at once. Other clients have been served
     * elsewhere by then.
     */
    static final int RETRIES = 4;

    /** Minutes for which it is remembered that a client behind a proxy asked. */
    static final int SEEN = 2;

    /** In the hash of a client behind a trusted proxy, and in nobody else's. */
    static final long CLIENT = 1L << 28;

    // tag 36 | minute 14 | good 6 | sat 4 | retried 4
    private static final int TAG_SHIFT = 28;
    private static final int MINUTE_SHIFT = 14;
    private static final int MINUTES = (1 << 14) - 1;
    private static final int GOOD_SHIFT = 8;
    private static final int SAT_SHIFT = 4;

    private static final int MOST_GOOD = 60;
    private static final int MOST_BAD = 15;
    private static final int RETRIES_FORGOTTEN_A_MINUTE = 4;

    private SourceMarks() {}

    static boolean of(long word, long source) {
        return word != 0 && (word ^ source) >>> TAG_SHIFT == 0;
    }

    static int good(long word) {
        return (int) (word >>> GOOD_SHIFT) & 63;
    }

    static int sat(long word) {
        return (int) (word >>> SAT_SHIFT) & 15;
    }

    static int retries(long word) {
        return (int) word & 15;
    }

    /** With one mark more, each bounded. */
    static long plus(long word, long source, int good, int sat, int retries, long minute) {
        return word(
                source,
                Math.min(MOST_GOOD, good(word) + good),
                Math.min(MOST_BAD, sat(word) + sat),
                Math.min(MOST_BAD, retries(word) + retries),
                minute);
    }

    static long withoutRetries(long word, long minute) {
        return word(word, good(word), sat(word), 0, minute);
    }

    private static long word(long source, int good, int sat, int retries, long minute) {
        if (good == 0 && sat == 0 && retries == 0) {
            return 0;
        }
        return source >>> TAG_SHIFT << TAG_SHIFT
                | (minute & MINUTES) << MINUTE_SHIFT
                | (long) good << GOOD_SHIFT
                | (long) sat << SAT_SHIFT
                | retries;
    }

    /** As it is by this minute; 0 if nothing is left of it. */
    static long aged(long word, long minute) {
        if (word == 0) {
            return 0;
        }
        int minutes = (int) (minute - (word >>> MINUTE_SHIFT)) & MINUTES;
        // More than half round: marked in a minute that the caller's clock had not seen yet.
        return minutes == 0 || minutes > MINUTES / 2
                ? word
                : word(
                        word,
                        Math.max(0, good(word) - minutes),
                        Math.max(0, sat(word) - minutes),
                        Math.max(0, retries(word) - RETRIES_FORGOTTEN_A_MINUTE * minutes),
                        minute);
    }

    static Rank rank(long word) {
        int good = good(word);
        int sat = sat(word);
        if (good > 0) {
            return good >= sat ? Rank.KNOWN_GOOD : Rank.UNKNOWN;
        }
        return sat > 0 || retries(word) >= RETRIES ? Rank.KNOWN_BAD : Rank.UNKNOWN;
    }

    /** The same of a client behind a proxy, of whom to be seen once tells nothing. */
    static Rank rankOfClient(long word) {
        int good = good(word);
        return good > 0 && good <= SEEN ? rank(word & ~(63L << GOOD_SHIFT)) : rank(word);
    }

    /** Whether its last mark is of this minute. */
    static boolean isOf(long word, long minute) {
        return ((int) (word >>> MINUTE_SHIFT) & MINUTES) == (minute & MINUTES);
    }

    static boolean ofClient(long word) {
        return (word & CLIENT) != 0;
    }

    /** So much, and nothing good, makes a network bad. */
    static boolean badNetwork(long word) {
        return good(word) == 0 && sat(word) == MOST_BAD;
    }

    /** Who is worth least is forgotten first. */
    static long worth(long word) {
        return word == 0 ? -1 : good(word) * 64L + sat(word) * 2L + retries(word);
    }
}
