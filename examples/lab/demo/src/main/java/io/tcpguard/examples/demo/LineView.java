/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.demo;

import java.io.PrintStream;
import java.util.Locale;

/** One plain line a second: for pipes and build logs. */
final class LineView implements LiveView {
    private final PrintStream out;

    LineView(PrintStream out) {
        this.out = out;
    }

    @Override
    public void serving(String page) {
        out.println("The guarded server's page, for a browser on this machine: " + page);
    }

    @Override
    public void show(Schedule schedule, Second stock, Second guarded) {
        out.println(line(schedule, stock, guarded));
    }

    static String line(Schedule schedule, Second stock, Second guarded) {
        return String.format(
                Locale.ROOT,
                "%3d s %-6s | stock %s | guarded %s",
                Math.round(stock.at() / 1000.0),
                schedule.phase(stock.at()).name().toLowerCase(Locale.ROOT),
                half(stock),
                half(guarded));
    }

    private static String half(Second s) {
        return String.format(
                Locale.ROOT,
                "%3d fds %-6s health %-9s %3d in %3d logins %3d failed %2d lost",
                s.descriptors(),
                s.level(),
                s.health(),
                s.counts().inSession(),
                s.logins(),
                s.failures(),
                s.lost());
    }
}
