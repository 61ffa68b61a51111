package io.tcpguard;

import io.tcpguard.advisor.Advisor;
import io.tcpguard.advisor.Finding;
import io.tcpguard.advisor.FlightRecorder;
import io.tcpguard.advisor.IncidentReport;
import io.tcpguard.advisor.KernelCounters;
import io.tcpguard.advisor.Listening;
import io.tcpguard.advisor.Machine;
import io.tcpguard.advisor.Report;
import io.tcpguard.state.Level;
import io.tcpguard.state.Shed;
import io.tcpguard.state.Transition;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the guard tells people beside its numbers: settings that will hurt, at the start, and what happened, after an episode. */
final class Counsel implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("io.tcpguard.TcpGuard");
    private static final int CHANGES_KEPT = 64;

    private final Shed shed;
    private final Supplier<List<String>> remarks;
    private final KernelCounters kernel = KernelCounters.open();
    private final FlightRecorder recorder = new FlightRecorder(CHANGES_KEPT, kernel);
    private final List<Finding> findings;
    private final Report atStart;

    /** Reads the settings while there are descriptors to read them with. */
    Counsel(Shed shed, Supplier<List<String>> remarks) {
        this.remarks = remarks;
        this.shed = shed;
        Machine machine = Machine.self(List.of());
        findings = Advisor.examine(machine);
        atStart = new Report(machine, findings);
    }

    void adviseAtStart() {
        String block = atStart.startBlock();
        if (atStart.exitCode() > 0) {
            LOG.warn("{}", block);
        } else {
            LOG.info("{}", block);
        }
    }

    static Report adviseNow(List<Listening> listeners) {
        Machine now = Machine.self(listeners);
        return new Report(now, Advisor.examine(now));
    }

    void record(Transition transition) {
        recorder.record(transition, System.nanoTime(), shed);
        if (transition.after().level() == Level.NORMAL
                && transition.before().level().atLeast(Level.SHED)) {
            incident().ifPresent(text -> LOG.info("{}", text));
        }
    }

    Optional<String> incident() {
        return recorder.episode()
                .map(e -> IncidentReport.text(e, System.nanoTime(), Instant.now(), findings) + alsoSeen());
    }

    private String alsoSeen() {
        StringBuilder text = new StringBuilder();
        for (String remark : remarks.get()) {
            text.append("Also seen: ").append(remark).append(".\n");
        }
        return text.toString();
    }

    @Override
    public void close() {
        kernel.close();
    }
}
