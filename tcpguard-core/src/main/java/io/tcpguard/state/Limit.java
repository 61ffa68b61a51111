/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.state;

/** What bounds the number of connections. */
public enum Limit {
    /** The process's descriptors, without what else they are open for and the reserve. */
    DESCRIPTORS("descriptors"),
    /** The server's own setting, such as Tomcat's {@code maxConnections}; of several listeners the sum. */
    MAX_CONNECTIONS("the server's maxConnections"),
    /** What memory bears. */
    MEMORY("memory"),
    /** The guard's setting {@code maxConnections}. */
    OPERATOR("tcpguard's maxConnections");

    private final String words;

    Limit(String words) {
        this.words = words;
    }

    /** For people. */
    public String words() {
        return words;
    }
}
