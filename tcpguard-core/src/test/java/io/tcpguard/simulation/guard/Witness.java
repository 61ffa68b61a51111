/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.simulation.guard;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.internal.io.HealthStatus;
import io.tcpguard.spi.Closing;
import io.tcpguard.state.Admission;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.DownBy;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.state.RefusalCounters.Method;
import io.tcpguard.state.RefusalCounters.Reason;
import io.tcpguard.state.RefusalCounters.Stage;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is seen from outside of the guard, as facts for the {@linkplain Invariant invariants}; remembers the first one
 * that is broken.
 */
final class Witness {
    /** What a server may leave its cluster for. */
    private static final Set<FaultKind> JUDGED = Set.of(
            FaultKind.LEAK,
            FaultKind.FILES,
            FaultKind.LIMIT_CHANGED,
            FaultKind.PROBE_LIES,
            FaultKind.COUNT_UNKNOWN,
            FaultKind.PROBE_THROWS);

    private static final Set<FaultKind> STALLS = Set.of(FaultKind.HANG, FaultKind.SLOW);
    private static final Set<FaultKind> COMING_AND_GOING =
            Set.of(FaultKind.LISTENER_RESTARTS, FaultKind.SECOND_LISTENER);
    private static final Set<FaultKind> ALLOWED = Set.of(FaultKind.ALLOWED_ONES);
    private static final Set<FaultKind> LATE = Set.of(FaultKind.SAMPLER_LATE);
    private static final Set<FaultKind> NO_ROOM_MADE = Set.of(
            FaultKind.SAMPLER_LATE, FaultKind.CLOSERS_THROW, FaultKind.HANG, FaultKind.SLOW, FaultKind.LISTENER_DEAD);
    /** Somebody else comes in between the decision and the refusal. */
    private static final Set<FaultKind> UNORDERED = Set.of(FaultKind.PREEMPTION, FaultKind.LISTENER_DEAD);

    private static final Set<FaultKind> SLOW_ACCEPTORS = Set.of(FaultKind.LISTENER_STUCK, FaultKind.PREEMPTION);
    private static final Set<FaultKind> UNCOUNTED =
            Set.of(FaultKind.COUNT_UNKNOWN, FaultKind.PROBE_THROWS, FaultKind.LIMIT_CHANGED);
    private static final Set<FaultKind> LISTENER = Set.of(
            FaultKind.LISTENER_DEAD,
            FaultKind.LISTENER_STUCK,
            FaultKind.LISTENER_RESTARTS,
            FaultKind.SECOND_LISTENER,
            FaultKind.LISTENERS_THROW);

    private static final long HOLD = 6 * Timeline.SECOND;
    private static final int FLIPS = 3;
    private static final long LONGEST_FREEZE = 15 * Timeline.SECOND;
    private static final long EYES = 3 * Timeline.SECOND;
    private static final double MOST_USERS_MISSING = 0.2;

    private final World world;
    private @Nullable Invariant broken;
    private String detail = "";
    private int open;
    private int leaving;
    private long refusals;
    private long evictions;
    private long resets;
    private long mostOwn;
    private long mostLimit;
    private int judgedDowns;
    private boolean evictedAtWork;
    private boolean sparedAnOlderOne;
    private long ownEvictions;
    private long refusedAt = Long.MIN_VALUE / 2;
    private InetAddress refused = InetAddress.getLoopbackAddress();
    private long evictionsThen;
    private long gaveWayAt;
    private long sampledAt;
    private long waited;
    private long mayWait;
    private boolean trouble;
    private boolean within;
    private boolean seen;
    private boolean wasUp = true;
    private @Nullable HealthStatus told;
    private int users;
    private int inSession;

    Witness(World world) {
        this.world = world;
    }

    @Nullable Invariant broken() {
        return broken;
    }

    String detail() {
        return detail;
    }

    void broken(Invariant which, String how) {
        if (broken == null) {
            broken = which;
            detail = String.format("%.3f s: %s", world.time.now() / 1e9, how);
        }
    }

    private void look(Invariant.When when) {
        if (broken != null) {
            return;
        }
        for (Invariant each : Invariant.values()) {
            if (each.when == when && !each.holds.test(this)) {
                broken(each, facts());
                return;
            }
        }
    }

    private String facts() {
        GuardSnapshot s = world.guard.snapshot();
        HealthStatus last = told;
        return "open " + world.kernel.open() + " of " + world.kernel.limit() + ", others " + world.kernel.others()
                + ", connections " + open + " (evicted and open " + leaving + "), in the books " + inTheBooks()
                + ", refusals held " + world.refusals + ", resets " + resets + " of " + budget() + ", refused "
                + refusals
                + " counted "
                + refusalsCounted() + causes() + ", evicted " + evictions + " counted " + evictionsCounted()
                + ", waited "
                + waited / Timeline.MILLI + " ms, users in session " + inSession + " of " + users + ", " + s.level()
                + ' '
                + s.reason() + ", " + s.verdict() + ", told " + last;
    }

    private String causes() {
        return Stream.of(Reason.values())
                .map(each -> " " + each.name() + ' ' + world.guard.shed().of(Stage.ACCEPT, Method.ANSWER, each)
                        + " and by reset " + world.guard.shed().of(Stage.ACCEPT, Method.RESET, each))
                .collect(Collectors.joining(",", " (", ")"));
    }

    void troubleBegins() {
        trouble = true;
    }

    /** One for each thread that accepts. */
    private long mayBeInHand() {
        return world.listeners.stream().mapToLong(ModelListener::acceptors).sum();
    }

    void admits() {
        open++;
        mostOwn = Math.max(mostOwn, (long) open + world.refusals + mayBeInHand());
        look(Invariant.When.ADMITTED);
        open--;
    }

    void opened(ModelConnection connection) {
        open += connection.open ? 1 : 0;
        mostOwn = Math.max(mostOwn, (long) open + world.refusals + mayBeInHand());
    }

    void closed(ModelConnection connection) {
        open--;
        leaving -= connection.evicted ? 1 : 0;
    }

    void evicts(ModelConnection connection, Closing how) {
        evictedAtWork = connection.atWork > 0 && !connection.unfinished;
        sparedAnOlderOne = !ofItsOwnSource() && connection.received && anyIdleForLongerThan(connection);
        connection.evicted = true;
        evictions++;
        leaving += connection.open ? 1 : 0;
        resets += how == Closing.RESET ? 1 : 0;
        look(Invariant.When.EVICTED);
    }

    /** Who holds more than its share takes the slot of one of its own, whoever else is idle. */
    private boolean ofItsOwnSource() {
        long before = ownEvictions;
        ownEvictions = world.guard.shed().of(Stage.KEEP_ALIVE, Method.ANSWER, Reason.UNFAIR_SOURCE)
                + world.guard.shed().of(Stage.KEEP_ALIVE, Method.RESET, Reason.UNFAIR_SOURCE);
        return ownEvictions != before;
    }

    /** By more than any rule spares. While nobody samples all are idle since the same moment. */
    private boolean anyIdleForLongerThan(ModelConnection evicted) {
        long most = 3 * (world.ran() - evicted.activeAt) / 2 + 2 * Timeline.SECOND;
        return !world.anyEver(LATE)
                && world.listeners.stream()
                        .flatMap(each -> each.connections().stream())
                        .anyMatch(each -> each.atWork == 0 && !each.evicted && world.ran() - each.activeAt > most);
    }

    void holds() {
        look(Invariant.When.HELD);
    }

    void refuses(Admission how, InetAddress whom) {
        refused = whom;
        refusals++;
        refusedAt = world.time.now();
        mostOwn = Math.max(mostOwn, (long) open + world.refusals + mayBeInHand());
        look(Invariant.When.REFUSED);
    }

    void isReset() {
        resets++;
    }

    void waits(long sinceRan, long longest) {
        waited = world.ran() - sinceRan;
        mayWait = longest;
        look(Invariant.When.WAITED);
    }

    void sampled() {
        mostLimit = Math.max(mostLimit, world.kernel.limit());
        world.kernel.sampled();
        mostOwn = Math.max(mostOwn, (long) open + world.refusals + mayBeInHand());
        // Above it, after a limit fell, one comes in for one that goes: who is leaving still counts until all are
        // below.
        seen = undisturbed();
        noteWhoGaveWay();
        within = seen && (within || heldByAdmitted() + leaving <= admissionThreshold() + ofTheAllowed());
        look(Invariant.When.SAMPLED);
    }

    private void noteWhoGaveWay() {
        long now = world.time.now();
        boolean turnedAway = now - refusedAt <= Timeline.SECOND;
        // While nobody samples, nobody grows idle: a preempted sampler is as good as a late one.
        boolean late = now - sampledAt > Timeline.SECOND;
        sampledAt = now;
        boolean excused = late || world.anyWithin(NO_ROOM_MADE, EYES) || !undisturbed();
        if (!turnedAway || evictions > evictionsThen || excused || !longIdle()) {
            gaveWayAt = now;
            evictionsThen = evictions;
        }
    }

    /**
     * Beyond what any rule spares, of the address that was refused last, or of its network where that holds nothing:
     * others may be spared from those who hold more than their share.
     */
    private boolean longIdle() {
        List<ModelConnection> all = world.listeners.stream()
                .flatMap(each -> each.connections().stream())
                .toList();
        List<ModelConnection> own =
                all.stream().filter(each -> each.client.address.equals(refused)).toList();
        long most = 3 * world.guard.policy().idleFloorNanos() / 2 + Timeline.SECOND;
        return (own.isEmpty() ? all : own)
                .stream()
                        .anyMatch(each -> each.atWork == 0
                                && !each.evicted
                                && world.ran() - each.activeAt > most
                                && network(each.client.address) == network(refused));
    }

    private static int network(InetAddress address) {
        return address.hashCode() >>> 8;
    }

    void told(HealthStatus status) {
        if (wasUp && downBySignals(status) && !world.anyWithin(STALLS, EYES)) {
            judgedDowns++;
        }
        wasUp = status.up();
        told = status;
        look(Invariant.When.TOLD);
    }

    void calm(int usersThere, int usersInSession) {
        users = usersThere;
        inSession = usersInSession;
        look(Invariant.When.CALM);
    }

    void ended() {
        look(Invariant.When.ENDED);
    }

    // Facts, as the invariants ask for them.

    /** Not after a limit was lowered or others took much, until the connections are within it again. */
    boolean countable() {
        return within && undisturbed();
    }

    /**
     * Who is admitted instead of one that is leaving passes the admission threshold, until that one is closed, by a
     * quarter of the reserve at most: wherever the connections stand, once a sample has seen the limit.
     */
    boolean withinTheBridge() {
        return !seen
                || !undisturbed()
                || heldByAdmitted() + leaving
                        <= admissionThreshold() + Math.max(ofTheAllowed(), Math.max(1, reserve() / 4));
    }

    /** What those may take of the reserve who are never refused. */
    long ofTheAllowed() {
        return world.anyEver(ALLOWED) ? reserve() - keptFree() : 0;
    }

    private long keptFree() {
        return new Capacity(world.kernel.limit(), 0, 0, admissionThreshold()).keptFree();
    }

    private long reserve() {
        return GuardConfig.defaults().reserve(world.kernel.limit());
    }

    private boolean undisturbed() {
        return !world.kernel.othersMovedWithin(2 * Timeline.SECOND) && !world.anyWithin(UNCOUNTED, 2 * Timeline.SECOND);
    }

    long heldByAdmitted() {
        return world.kernel.open() - world.kernel.connections() + open - leaving;
    }

    long admissionThreshold() {
        return world.kernel.limit() - reserve();
    }

    /** But for those that acceptors have in hand. */
    boolean leavesTheLastDescriptors() {
        return !seen || !undisturbed() || world.kernel.open() - mayBeInHand() < world.kernel.limit() - keptFree();
    }

    boolean allowedHadNoRoom() {
        return !seen
                || !undisturbed()
                || world.anyWithin(UNORDERED, Timeline.SECOND)
                || refused.getAddress()[1] != 9
                || world.kernel.open() > admissionThreshold() + ofTheAllowed();
    }

    boolean spareAnOlderOne() {
        return sparedAnOlderOne;
    }

    boolean evictedAtWork() {
        return evictedAtWork;
    }

    int inTheBooks() {
        return world.guard.policy().connections();
    }

    int open() {
        return open;
    }

    /** Whether the listeners' own counts agree, where none has gone with a connection in its acceptor's hand. */
    boolean listenersAgree() {
        return world.anyEver(COMING_AND_GOING) || heldByListeners() == open;
    }

    private int heldByListeners() {
        return world.listeners.stream()
                .mapToInt(listener -> listener.door().slots().counts().held())
                .sum();
    }

    long refusals() {
        return refusals;
    }

    long refusalsCounted() {
        return world.guard.shed().of(Stage.ACCEPT);
    }

    long evictions() {
        return evictions;
    }

    long evictionsCounted() {
        return world.guard.shed().of(Stage.KEEP_ALIVE);
    }

    long resets() {
        return resets;
    }

    /** The largest that it can have been so far. */
    long budget() {
        return Math.min(mostLimit / 4, mostOwn / 5);
    }

    boolean up() {
        HealthStatus last = told;
        return last != null && last.up();
    }

    boolean downBySignals() {
        return downBySignals(told);
    }

    private static boolean downBySignals(@Nullable HealthStatus status) {
        return status != null && !status.up() && status.by() == DownBy.SIGNALS;
    }

    boolean downByListener() {
        HealthStatus last = told;
        return last != null && !last.up() && last.by() == DownBy.LISTENER;
    }

    boolean reasonToFail() {
        return world.anyEver(JUDGED) || world.anyEver(STALLS);
    }

    boolean reasonStandsOrHolds() {
        return world.anyWithin(JUDGED, held() + EYES)
                || world.kernel.aboveItsLimitWithin(held() + EYES)
                || world.anyWithin(STALLS, EYES);
    }

    private long held() {
        // Where others sample once a second for a late sampler, the guard's time runs at a quarter.
        long slower = world.anyEver(LATE) ? 4 : 1;
        return slower * (HOLD << Math.min(6, Math.max(0, judgedDowns - FLIPS)));
    }

    boolean listenerFailed() {
        return world.anyWithin(LISTENER, held() + EYES) || world.kernel.fullWithin(held() + EYES);
    }

    /** With a late sampler others look, once a second, and take the time between for a pause of the process. */
    boolean deadForLong() {
        return !world.anyWithin(Set.of(FaultKind.LISTENERS_THROW), EYES)
                && world.listeners.stream()
                        .anyMatch(listener ->
                                listener.deadNanos() > (world.anyWithin(LATE, EYES) ? 10 * Timeline.SECOND : EYES));
    }

    boolean waitedWithin() {
        // By a late sampler nobody is told that he has waited enough.
        return waited <= mayWait + mayWait / 63 + 2 * world.period + 200 * Timeline.MILLI
                || world.anyWithin(LATE, waited)
                || world.kernel.fullWithin(waited + LONGEST_FREEZE)
                || world.anyWithin(SLOW_ACCEPTORS, waited);
    }

    boolean idleGaveWay() {
        return world.time.now() - gaveWayAt <= EYES;
    }

    boolean calmSoFar() {
        return !trouble;
    }

    boolean nobodyTurnedAway() {
        return refusals == 0 && evictions == 0;
    }

    boolean allIsWell() {
        GuardSnapshot s = world.guard.snapshot();
        if (world.kernel.crowdedByTimeWait()) {
            return up();
        }
        return s.level() == Level.NORMAL
                && s.refusal() == null
                && up()
                && s.verdict().weight() >= 100 * s.capacity().usableShare() - 10;
    }

    boolean usersAreBack() {
        return inSession >= (1 - MOST_USERS_MISSING) * users - 2;
    }
}
