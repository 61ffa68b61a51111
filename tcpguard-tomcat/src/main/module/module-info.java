/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
/** The guard's Tomcat. The server's module is the application's to bring. */
module io.tcpguard.tomcat {
    requires transitive io.tcpguard;
    requires java.desktop;
    requires static org.jspecify;
    requires static org.apache.tomcat.embed.core;

    exports io.tcpguard.tomcat;
}
