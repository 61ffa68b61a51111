package io.tcpguard.internal.report;

import io.tcpguard.advisor.Advisor;
import io.tcpguard.advisor.Finding;
import io.tcpguard.advisor.Listening;
import io.tcpguard.advisor.Machine;
import io.tcpguard.advisor.Report;
import io.tcpguard.internal.probe.AwakeTime;
import io.tcpguard.internal.probe.TcpCounts;
import io.tcpguard.internal.report.incident.FlightRecorder;
import io.tcpguard.internal.report.incident.IncidentReport;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.state.Shed;
import io.tcpguard.state.SignalState;
import io.tcpguard.state.Transition;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the guard tells people beside its numbers: settings that will hurt, at the start, and what happened, after an episode. */
public final class Counsel {
    private static final Logger LOG = LoggerFactory.getLogger("io.tcpguard.TcpGuard");
    private static final int CHANGES_KEPT = 64;
    private static final long OTHERS_OPEN = TimeUnit.SECONDS.toNanos(1);

    private final Shed shed;
    private final LongSupplier waited;
    private final Supplier<List<String>> remarks;
    private final FlightRecorder recorder;
    private final Machine machine;
    private volatile Advice newest;
    private volatile boolean over;
    /** SHED or worse since it was NORMAL last. */
    private boolean wasBad;
    /** The sampler's own. */
    private boolean queueSeen;
    /** The sampler's own. */
    private boolean queuesTold;
    /** The sampler's own. */
    private long queueSeenAt;

    /** Written out at once: at exhaustion, when people ask, neither a file nor a class may have to be opened for it. */
    private record Advice(List<Finding> findings, Report report, String text, String json) {
        static Advice on(Machine machine) {
            List<Finding> findings = Advisor.examine(machine);
            Report report = new Report(machine, findings);
            return new Advice(findings, report, report.text(false), report.json());
        }
    }

    /** Reads the settings while there are descriptors to read them with. */
    public Counsel(Shed shed, LongSupplier waited, Supplier<List<String>> remarks, Supplier<TcpCounts> counts) {
        this.waited = waited;
        this.remarks = remarks;
        this.shed = shed;
        recorder = new FlightRecorder(CHANGES_KEPT, counts);
        machine = Machine.self(List.of());
        newest = Advice.on(machine);
    }

    public void adviseAtStart() {
        Report atStart = newest.report();
        String block = atStart.startBlock();
        if (atStart.exitCode() > 0) {
            LOG.warn("{}", block);
        } else {
            LOG.info("{}", block);
        }
    }

    /**
     * True once: a second after the first accept queue was seen, since a server opens its listeners one by one. Only for the sampler's
     * thread.
     */
    public boolean listenersAreNews(GuardSnapshot snapshot, long now) {
        if (queuesTold || !(queueSeen || seesQueue(snapshot.signals()))) {
            return false;
        }
        if (!queueSeen) {
            queueSeen = true;
            queueSeenAt = now;
        }
        queuesTold = now - queueSeenAt >= OTHERS_OPEN;
        return queuesTold;
    }

    private static boolean seesQueue(List<SignalState> signals) {
        for (int i = 0; i < signals.size(); i++) {
            Reading reading = signals.get(i).reading();
            if (reading.signal() == Signal.ACCEPT_QUEUE && reading instanceof Reading.Measured) {
                return true;
            }
        }
        return false;
    }

    /** Judges once more, with these listeners; from what was read at the start, so it opens nothing. */
    public void adviseOn(List<Listening> listeners) {
        Report before = newest.report();
        Advice advice = Advice.on(machine.with(listeners));
        newest = advice;
        advice.report().newsSince(before).ifPresent(block -> LOG.warn("{}", block));
    }

    public static Report adviseNow(List<Listening> listeners) {
        Machine now = Machine.self(listeners);
        return new Report(now, Advisor.examine(now));
    }

    /** The report of the start, or of when the listeners were seen. */
    public String advice(boolean json) {
        Advice advice = newest;
        return json ? advice.json() : advice.text();
    }

    /** Only for the thread that hears of transitions. */
    public void record(Transition transition) {
        recorder.record(transition, AwakeTime.nanoTime(), shed, waited.getAsLong());
        Level level = transition.after().level();
        wasBad |= level.atLeast(Level.SHED);
        if (wasBad && level == Level.NORMAL) {
            wasBad = false;
            over = true;
        }
    }

    /**
     * Writes the report of an episode that has ended. On the sampler's thread: writing takes milliseconds, and the one that hears of
     * transitions is the one that answers health checks.
     */
    public void tellWhatIsOver() {
        if (over) {
            over = false;
            incident().ifPresent(text -> LOG.info("{}", text));
        }
    }

    public Optional<String> incident() {
        return recorder.episode()
                .map(e -> IncidentReport.text(e, AwakeTime.nanoTime(), Instant.now(), newest.findings()) + alsoSeen());
    }

    private String alsoSeen() {
        StringBuilder text = new StringBuilder();
        for (String remark : remarks.get()) {
            text.append("Also seen: ").append(remark).append(".\n");
        }
        return text.toString();
    }
}
