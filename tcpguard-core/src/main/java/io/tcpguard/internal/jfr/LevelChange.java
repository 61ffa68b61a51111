/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** The level changed; the first one tells the level at the start. */
@Name("io.tcpguard.LevelChange")
@Label("Level Change")
@Category("tcpguard")
@Description("The level changed; the first one tells the level at the start")
@StackTrace(false)
final class LevelChange extends DescriptorsEvent {
    @Label("From")
    @Description("empty at the start")
    @Nullable String from;

    @Label("To")
    @Nullable String to;

    @Label("Leading Signal")
    @Description("the signal that decides, if one does")
    @Nullable String leading;

    @Label("Reason")
    @Nullable String reason;

    @Label("Rehearsal")
    @Description("whether it is only played")
    boolean rehearsal;
}
