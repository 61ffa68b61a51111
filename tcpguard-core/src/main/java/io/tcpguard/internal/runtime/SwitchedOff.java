/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.runtime;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.internal.admission.InertListener;
import io.tcpguard.spi.GuardedListener;
import io.tcpguard.spi.ListenerControl;
import java.io.Closeable;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A guard that was started and is not enabled: whoever has it goes on as without one. */
final class SwitchedOff extends NotRunning {
    private static final Logger log = LoggerFactory.getLogger(SwitchedOff.class);

    private SwitchedOff() {}

    static SwitchedOff start(GuardConfig config) {
        int port = config.integer(Setting.HEALTH_PORT);
        if (port < 0) {
            log.info("tcpguard is off (enabled=false): it watches nothing and admits everybody");
        } else {
            log.warn(
                    "tcpguard is off (enabled=false): it watches nothing, admits everybody, and its health port {} is "
                            + "closed. A load balancer that checks that port takes this server out",
                    port);
        }
        return new SwitchedOff();
    }

    /** So that it is said once. */
    @Override
    public boolean running() {
        return true;
    }

    @Override
    public GuardedListener listen(String name, int port, ListenerControl control) {
        return InertListener.INSTANCE;
    }

    @Override
    public Closeable watchWork(String name, Executor executor) {
        return () -> {};
    }
}
