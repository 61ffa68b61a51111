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
    FREEZE_ONE("trouble", "one server is frozen for 12 s"),
    /** By SIGSTOP and SIGCONT. */
    THROTTLE_ONE("trouble", "one server runs for a fifth of each tenth of a second"),
    /** No abnormal client: more users than fit, throughout. */
    OVERLOAD("trouble", "30 % more users than the servers have connections for"),
    OVERLOAD_DOUBLE("trouble", "twice as many users as the servers have connections for"),
    SLOW_CONNECTOR("trouble", "a second port of each server answers nobody for a minute"),
    /** keepalived starts anew in the middle. */
    DIRECTOR_RESTART("trouble", "every request of every server hangs, and the director is restarted"),
    ROLLING_RESTART("flood", "abnormal clients sit on connections, and one server after the other is restarted"),
    GATEWAY("flood", "abnormal clients sit on connections, each of which costs three descriptors (on Netty)"),
    ONE_BYTE("flood", "abnormal clients send one byte and sit on connections");

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

    /** Whether abnormal clients come. */
    boolean flood() {
        return noun.equals("flood");
    }

    /** Users, as a share of the connections that fit. */
    double users() {
        return switch (this) {
            case OVERLOAD -> 1.3;
            case OVERLOAD_DOUBLE -> 2;
            default -> .65;
        };
    }

    /** Descriptors that a client costs a server. */
    int descriptors() {
        return this == GATEWAY ? 3 : 1;
    }

    /** Whether a server may be gone for a while on purpose. */
    boolean restarts() {
        return this == ROLLING_RESTART;
    }

    /** In a few words. */
    String what() {
        return what;
    }
}
