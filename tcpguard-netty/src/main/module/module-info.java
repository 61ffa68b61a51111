/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
/** The guard's Netty. Netty's modules are the application's to bring; their names are the same in 4.1 and 4.2. */
module io.tcpguard.netty {
    requires transitive io.tcpguard;
    requires jdk.net;
    requires static org.jspecify;
    requires static io.netty.buffer;
    requires static io.netty.codec;
    requires static io.netty.codec.http;
    requires static io.netty.codec.http2;
    requires static io.netty.common;
    requires static io.netty.handler;
    requires static io.netty.transport;
    requires static reactor.core;
    requires static reactor.netty.core;

    exports io.tcpguard.netty;
}
