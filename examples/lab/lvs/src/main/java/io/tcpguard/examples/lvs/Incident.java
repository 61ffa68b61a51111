/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.lvs;

import java.util.Locale;

/** What befalls the cluster in the middle of a run. The script makes it happen; here it is named. */
enum Incident {
    /** Idle-holding clients take what the users have left, and more. */
    FLOOD("flood", "abnormal clients sit on connections"),
    /** No request of any server comes back: a back end that all of them share. */
    HANG_ALL("trouble", "every request of every server hangs"),
    /** The same for 12 s every 30 s. */
    HANG_FLAPPING("trouble", "every request of every server hangs for 12 s in each 30 s"),
    HANG_ONE("trouble", "every request of one server hangs"),
    LEAK_ONE("trouble", "one server leaks descriptors"),
    LEAK_ALL("trouble", "all servers leak descriptors"),
    /** Its process is stopped for 12 s. */
    FREEZE_ONE("trouble", "one server is frozen for 12 s");

    private final String noun;
    private final String what;

    Incident(String noun, String what) {
        this.noun = noun;
        this.what = what;
    }

    /** @throws IllegalArgumentException if there is none of this name, as the script's option has it */
    static Incident of(String option) {
        return valueOf(option.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    /** As the script's option has it. */
    String option() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What a table calls it. */
    String noun() {
        return noun;
    }

    /** In a few words. */
    String what() {
        return what;
    }
}
