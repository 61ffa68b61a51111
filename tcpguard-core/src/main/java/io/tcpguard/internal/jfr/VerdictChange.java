/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** What load balancers are told changed between up and down; the first one tells it at the start. */
@Name("io.tcpguard.VerdictChange")
@Label("Verdict Change")
@Category("tcpguard")
@Description("What load balancers are told changed between up and down; the first one tells it at the start")
@StackTrace(false)
final class VerdictChange extends Event {
    @Label("Up")
    boolean up;

    @Label("Weight")
    @Description("0 to 100")
    int weight;

    @Label("Reason")
    @Nullable String reason;

    @Label("Rehearsal")
    @Description("whether it is only played")
    boolean rehearsal;
}
