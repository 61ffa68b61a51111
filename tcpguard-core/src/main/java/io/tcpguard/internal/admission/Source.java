package io.tcpguard.internal.admission;

/** How many connections one address holds. Guarded by the table's lock. */
final class Source {
    int connections;
}
