/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.simulation.guard;

import java.util.function.Predicate;

/** What is never broken, whatever befalls a server. */
@SuppressWarnings("ImmutableEnumChecker") // Predicates without state.
enum Invariant {
    NOTHING_ESCAPES(When.NEVER, "nothing that the guard calls throws through it", w -> true),
    WITHIN_THE_LIMIT(
            When.ADMITTED,
            "connections alone never pass the admission threshold, while descriptors can be counted",
            w -> !w.countable() || w.heldByAdmitted() <= w.admissionThreshold() + w.ofTheAllowed()),
    WITHIN_THE_BRIDGE(
            When.ADMITTED,
            "with those who are leaving, connections pass the admission threshold by a quarter of the reserve at most",
            w -> w.withinTheBridge()),
    KEPT_FREE(
            When.HELD,
            "those who wait for their answer leave the last descriptors free",
            w -> w.leavesTheLastDescriptors()),
    ALLOWED_COME_IN(
            When.REFUSED,
            "who is never refused is refused only where more than his part of the reserve is taken",
            w -> w.allowedHadNoRoom()),
    NO_WORK_EVICTED(When.EVICTED, "nobody whose work is in progress is evicted", w -> !w.evictedAtWork()),
    OLDEST_FIRST(
            When.EVICTED, "nobody is evicted before who is idle for half as long again", w -> !w.spareAnOlderOne()),
    BOOKS(
            When.SAMPLED,
            "as many connections are in the books as are open",
            w -> w.inTheBooks() == w.open() && w.listenersAgree()),
    COUNTERS(
            When.ENDED,
            "refusals and evictions are counted, each once",
            w -> w.refusalsCounted() == w.refusals() && w.evictionsCounted() == w.evictions()),
    BOUNDED_RESETS(
            When.SAMPLED, "resets stay within their budget, whatever their cause", w -> w.resets() <= w.budget()),
    NOT_DOWN_FOR_CONNECTIONS(
            When.TOLD, "health never fails for connections alone", w -> !w.downBySignals() || w.reasonToFail()),
    NOT_DOWN_FOR_NOTHING(
            When.TOLD,
            "a listener is said not to serve only if it does not",
            w -> !w.downByListener() || w.listenerFailed()),
    NOT_UP_OVER_DEAD(
            When.TOLD, "health never says UP over a listener that does not serve", w -> !w.up() || !w.deadForLong()),
    BACK_IN_TIME(
            When.TOLD,
            "health is down no longer than its cause and the hold",
            w -> !w.downBySignals() || w.reasonStandsOrHolds()),
    IDLE_GIVES_WAY(When.SAMPLED, "who is idle for long gives way while others are turned away", w -> w.idleGaveWay()),
    WAITS_END(When.WAITED, "nobody waits longer in the queue than said", w -> w.waitedWithin()),
    NOBODY_REFUSED_IN_CALM(
            When.SAMPLED,
            "nobody is refused or evicted before there is trouble",
            w -> !w.calmSoFar() || w.nobodyTurnedAway()),
    ALL_LEFT(When.CALM, "each level is left when its cause is gone", Witness::allIsWell),
    USERS_BACK(When.CALM, "users are in session again after trouble", Witness::usersAreBack),
    EMPTY_AT_THE_END(When.ENDED, "the books are empty when all have gone", w -> w.inTheBooks() == 0 && w.open() == 0);

    /** When it can be told. */
    enum When {
        /** Only by who sees it happen. */
        NEVER,
        ADMITTED,
        REFUSED,
        /** A refused one is kept until it is answered. */
        HELD,
        EVICTED,
        SAMPLED,
        TOLD,
        WAITED,
        /** After trouble, and as much time as all rules ask for. */
        CALM,
        ENDED
    }

    final When when;
    final String sentence;

    @SuppressWarnings("ImmutableEnumChecker") // all are functions of what they are given
    final Predicate<Witness> holds;

    Invariant(When when, String sentence, Predicate<Witness> holds) {
        this.when = when;
        this.sentence = sentence;
        this.holds = holds;
    }
}
