/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import java.util.Optional;
import java.util.OptionalLong;

/** The ports that the kernel gives to outgoing connections: ip_local_port_range without ip_local_reserved_ports. */
record LocalPorts(long first, long last, String reserved) {

    static Optional<LocalPorts> from(Settings settings) {
        String range = settings.text("net.ipv4.ip_local_port_range").orElse("");
        OptionalLong first = Field.FIRST.of(range);
        OptionalLong last = Field.LAST.of(range);
        if (first.isEmpty() || last.isEmpty()) {
            return Optional.empty();
        }
        String reserved = settings.text("net.ipv4.ip_local_reserved_ports").orElse("");
        return Optional.of(new LocalPorts(first.getAsLong(), last.getAsLong(), reserved));
    }

    boolean mayTake(int port) {
        return port >= first && port <= last && !isReserved(port);
    }

    private boolean isReserved(int port) {
        for (String range : reserved.split(",", -1)) {
            String[] ends = range.split("-", -1);
            if (!range.isEmpty()
                    && port >= Integer.parseInt(ends[0])
                    && port <= Integer.parseInt(ends[ends.length - 1])) {
                return true;
            }
        }
        return false;
    }
}
