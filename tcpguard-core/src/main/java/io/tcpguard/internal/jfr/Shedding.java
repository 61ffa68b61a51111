/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** What was refused and evicted in a second, for each second in which something was. */
@Name("io.tcpguard.Shedding")
@Label("Shedding")
@Category("tcpguard")
@Description("What was refused and evicted in a second, for each second in which something was")
@StackTrace(false)
final class Shedding extends DescriptorsEvent {
    @Label("Refused Connections")
    @Description("after accept")
    long refusedConnections;

    @Label("Refused Requests")
    @Description("on admitted connections")
    long refusedRequests;

    @Label("Evicted Connections")
    @Description("idle ones that gave their slot")
    long evictedConnections;

    @Label("Waited")
    @Description("connections that had to wait for a slot")
    long waited;

    @Label("Span")
    @Description("the time that this is about")
    @Timespan(Timespan.NANOSECONDS)
    long span;

    @Label("Level")
    @Nullable String level;
}
