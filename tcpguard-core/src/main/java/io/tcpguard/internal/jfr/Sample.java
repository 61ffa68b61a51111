/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Percentage;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** The state once a second; off unless a recording enables it. */
@Name("io.tcpguard.Sample")
@Label("Sample")
@Category("tcpguard")
@Description("The state once a second; off unless a recording enables it")
@StackTrace(false)
@Enabled(false)
final class Sample extends DescriptorsEvent {
    @Label("Level")
    @Nullable String level;

    @Label("Up")
    boolean up;

    @Label("Weight")
    @Description("0 to 100")
    int weight;

    @Label("Usable Share")
    @Description("share of the descriptor limit that is usable for clients")
    @Percentage
    float usable;

    @Label("Slots")
    @Description("connections that there are slots for; -1: not known")
    long slots;

    @Label("Binding Limit")
    @Nullable String binding;

    @Label("Queued")
    @Description("connections in the accept queues; -1: not known")
    long queued;
}
