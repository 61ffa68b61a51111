/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.figures;

import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What one server did over all rounds, and what processor time that took. */
final class RefusalBook {
    private static final long ONE_BY_ONE_MILLIS = 6;

    private final List<Double> perCpuSecond = new ArrayList<>();
    private final List<Double> perSecond = new ArrayList<>();
    private Knocks knocks = new Knocks(0, 0, 0, 0);

    /** One round. */
    void ask(Child server, int count, int mostSeconds) throws IOException {
        double before = server.cpuSeconds();
        long since = System.nanoTime();
        Knocks came = Knocks.knock(server.address(), count, mostSeconds);
        perSecond.add(came.refused() * 1e9 / (System.nanoTime() - since));
        knocks = knocks.plus(came);
        // A hundredth is what the kernel's clock can tell.
        perCpuSecond.add(came.refused() / Math.max(0.01, server.cpuSeconds() - before));
    }

    Knocks retries() {
        return knocks;
    }

    /** How many were refused in a second of a clock on the wall, by rounds. */
    List<Double> perSecond() {
        return perSecond;
    }

    /** Of each round. */
    List<Double> perCpuSecond() {
        return perCpuSecond;
    }

    /**
     * Sits on connections without a word. They come one by one: NIO accepts a batch before the first of it is looked
     * at, and a "full" of the guard's stands for a moment, so that who comes with others may be refused where there is
     * a slot left.
     */
    static void hold(Child server, int count, List<Socket> holders) throws IOException, InterruptedException {
        for (int i = 0; i < count; i++) {
            holders.add(
                    new Socket(server.address().getAddress(), server.address().getPort()));
            TimeUnit.MILLISECONDS.sleep(ONE_BY_ONE_MILLIS);
        }
    }
}
