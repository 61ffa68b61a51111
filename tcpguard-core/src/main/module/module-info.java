/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
/** The guard. What is not exported may change in any version. */
module io.tcpguard {
    requires transitive org.slf4j;
    requires java.management;
    requires jdk.management;
    requires static java.logging;
    requires static jdk.jfr;
    requires static org.jspecify;
    requires static micrometer.core;
    requires static io.netty.transport.unix.common;

    exports io.tcpguard;
    exports io.tcpguard.advisor;
    exports io.tcpguard.config;
    exports io.tcpguard.jmx;
    exports io.tcpguard.metrics;
    exports io.tcpguard.signal;
    exports io.tcpguard.spi;
    exports io.tcpguard.state;
}
