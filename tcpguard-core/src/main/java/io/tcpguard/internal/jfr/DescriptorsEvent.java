/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.jfr;

import io.tcpguard.state.Capacity;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;

/** Who holds the descriptors: what an event tells of them whatever it is about. */
abstract class DescriptorsEvent extends Event {
    /** A count that is not known. */
    static final long UNKNOWN = -1;

    @Label("Open Descriptors")
    @Description("-1: not known")
    long descriptors;

    @Label("Descriptor Limit")
    @Description("-1: not known")
    long descriptorLimit;

    @Label("Connections")
    @Description("of guarded listeners")
    long connections;

    @Label("Other Descriptors")
    @Description("neither connections nor what comes with them")
    long otherDescriptors;

    final void holders(Capacity capacity) {
        descriptors = capacity.known() ? capacity.used() : UNKNOWN;
        descriptorLimit = capacity.known() ? capacity.limit() : UNKNOWN;
        connections = capacity.own();
        otherDescriptors = capacity.known() ? capacity.other() : UNKNOWN;
    }
}
