/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.signal;

/** Whose resource a signal measures, and so who else can use it up. */
public enum Scope {
    /** This process alone. */
    PROCESS,
    /** One listening socket of this process. */
    LISTENER,
    /** All processes in this process's network namespace (see {@code network_namespaces(7)}). */
    NETWORK_NAMESPACE,
    /** All processes of the machine, those in other containers too. */
    HOST
}
