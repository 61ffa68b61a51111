/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import io.tcpguard.TcpGuard;

/** A guard in a process of its own, to hear what the JVM says of it. */
final class NativeAccessChild {
    private NativeAccessChild() {}

    public static void main(String[] args) {
        TcpGuard guard = TcpGuard.builder().build().start();
        SocketCalls calls = SocketCalls.choose();
        System.out.println(
                "queues by " + (calls == null ? "table" : calls.getClass().getSimpleName()));
        System.out.println("guard " + guard.snapshot().level());
        guard.close();
    }
}
