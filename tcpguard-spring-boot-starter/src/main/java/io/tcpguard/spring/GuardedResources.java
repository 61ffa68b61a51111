/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spring;

import io.tcpguard.netty.NettyGuard;
import io.tcpguard.netty.reactor.ReactorGuard;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.netty.resources.LoopResources;

/**
 * What Boot takes the server's event loops from, last of all: the application's own, whose life is not this object's.
 */
final class GuardedResources extends ReactorResourceFactory {
    private final NettyGuard guard;
    private final ReactorResourceFactory given;

    GuardedResources(NettyGuard guard, ReactorResourceFactory given) {
        this.guard = guard;
        this.given = given;
    }

    @Override
    public LoopResources getLoopResources() {
        return ReactorGuard.loopResources(guard, given.getLoopResources());
    }
}
