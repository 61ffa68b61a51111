/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import java.net.Inet4Address;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The number of IPv4 addresses on {@code lo} beside 127/8: where a real server behind LVS in direct routing keeps the
 * virtual address.
 */
final class LoopbackAddresses implements Supplier<OptionalLong> {

    @Override
    public OptionalLong get() {
        try {
            NetworkInterface lo = NetworkInterface.getByName("lo");
            return lo == null
                    ? OptionalLong.empty()
                    : OptionalLong.of(Stream.concat(Stream.of(lo), lo.subInterfaces())
                            .flatMap(NetworkInterface::inetAddresses)
                            .filter(a -> a instanceof Inet4Address && !a.isLoopbackAddress())
                            .distinct()
                            .count());
        } catch (SocketException unknown) {
            return OptionalLong.empty();
        }
    }
}
