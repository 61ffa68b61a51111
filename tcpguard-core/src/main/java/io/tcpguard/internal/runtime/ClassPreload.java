/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.runtime;

import io.tcpguard.spi.Preload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Loads all classes that decide about a connection, whatever {@link PathPreload} played: a class path may hold
 * directories, and of those none can be loaded when no descriptor is left. A decision that lacks one admits, and an
 * eviction frees nothing.
 */
final class ClassPreload {
    static final Map<String, String> CLASSES = Map.of(
            "io.tcpguard.internal.admission",
            "AcceptQueueTimer AcceptQueueTimer$1 AdaptiveQueueWait AdaptiveQueueWait$Tally "
                    + "AddressText AdmissionDecider AdmissionPolicy AllowedClients Ceiling Ceilings "
                    + "ClientModel CoarseClock ConnectionTable DecisionLog DescriptorCeiling "
                    + "DescriptorHeadroom EvictionRate Evictions ForwardedClients HandleList "
                    + "IdleFloorEstimator IdleOrder IdleOrder$1 InertListener InertListener$1 LastTime "
                    + "ListEntry ListenerCounts ListenerEntry ListenerSlots LogScale MakeUpPace "
                    + "NoneLeft PaceEstimator PolicyUpkeep Precedence Precedence$1 ProxySearch "
                    + "RefusalChooser RefusedSources RefusedSources$Refused RefusedSources$Table "
                    + "ResetBudget SilentFloorEstimator SlotCeiling SlotRotation Source "
                    + "SourceHistogram SourceHistory SourceKey SourceKey$Memory SourceMarks "
                    + "SourceMemory Sources StalledRequestReaper StalledRequestReaper$WatchedListener "
                    + "TenureEstimator TokenBucket TrackedConnection",
            "io.tcpguard.internal.engine",
            "Companions DescriptorJudge DescriptorJudge$1 DescriptorTrend DownCause DownCause$DownKind "
                    + "Engine Evidence FlipHistory Growth Latch ListenerCondition ListenerWatch OwnQueues Sentence "
                    + "Serving SignalRule SignalRule$1 SignalRule$Action SignalRule$Threshold SnapshotWriter Traffic "
                    + "VerdictKeeper Watch",
            "io.tcpguard.spi",
            "AdmissionControl ClientWait Closing ConnectionCloser ConnectionHandle Drain Drain$Connections "
                    + "Drain$Sleep DrainPatience GonePeers GuardLog GuardLog$1 GuardedListener JavaLog JavaLog$1 "
                    + "ListenerControl ListenerRegistration LogThread LogThread$LastOne LogThread$LogLine "
                    + "NioConnection NioConnections NioConnections$1 NoOpConnectionHandle OverdueWork Pacing "
                    + "Preload RateLimitedLog Refusal ReplyBudget RequestsInProgress StalledWork StalledWork$Still "
                    + "WatchedWork",
            "io.tcpguard.state",
            "Admission Capacity Capacity$1 CheckerStatus ConnectionLimits DownBy GuardListener GuardSnapshot "
                    + "GuardStatus HealthPage Level Limit ListenerState ListenerStatus RefusalCounters "
                    + "RefusalCounters$Method RefusalCounters$Rank RefusalCounters$Reason RefusalCounters$Stage "
                    + "SignalState Transition Trend Trend$1 Trend$Kind Verdict WaitHistogram");

    private ClassPreload() {}

    /** Those that could not be loaded; they are loaded when needed, as without this. */
    static List<String> load() {
        List<String> missing = new ArrayList<>();
        ClassLoader loader = ClassPreload.class.getClassLoader();
        CLASSES.forEach((where, names) -> missing.addAll(Preload.load(loader, where, names)));
        return missing;
    }
}
