/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.demo;

import io.tcpguard.examples.demo.Schedule.Phase;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Both servers side by side, drawn over itself once a second: for a terminal (ECMA-48 control sequences). */
final class ScreenView implements LiveView {
    private static final String RED = "\u001b[31m";
    private static final String GREEN = "\u001b[32m";
    private static final String YELLOW = "\u001b[33m";
    private static final String BOLD = "\u001b[1m";
    private static final String PLAIN = "\u001b[0m";
    private static final String BLOCKS = " ▁▂▃▄▅▆▇█";
    private static final int LABEL = 18;
    private static final int COLUMN = 34;
    private static final int BAR = 20;

    private final PrintStream out;
    private final String server;
    private final int limit;
    private final List<Second> stockSeconds = new ArrayList<>();
    private final List<Second> guardedSeconds = new ArrayList<>();
    private int drawn;

    ScreenView(PrintStream out, String server, int limit) {
        this.out = out;
        this.server = server;
        this.limit = limit;
    }

    @Override
    public void serving(String page) {
        out.println("The guarded server's page, for a browser on this machine: " + page);
    }

    @Override
    public void show(Schedule schedule, Second stock, Second guarded) {
        stockSeconds.add(stock);
        guardedSeconds.add(guarded);
        List<String> lines = frame(schedule);
        StringBuilder text = new StringBuilder();
        if (drawn > 0) {
            text.append("\u001b[").append(drawn).append('A');
        }
        for (String line : lines) {
            text.append("\u001b[2K").append(line).append('\n');
        }
        drawn = lines.size();
        out.print(text);
        out.flush();
    }

    private List<String> frame(Schedule schedule) {
        Second stock = stockSeconds.get(stockSeconds.size() - 1);
        Second guarded = guardedSeconds.get(guardedSeconds.size() - 1);
        int users = schedule.load().users();
        Phase phase = schedule.phase(stock.at());
        String words =
                switch (phase) {
                    case STEADY -> "steady: users log in and stay";
                    case FLOOD -> RED + "FLOOD: abnormal clients grab connections and sit on them" + PLAIN;
                    case CALM -> GREEN + "calm: they have gone" + PLAIN;
                };
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "%s%3d s of %d s%s  %s",
                BOLD,
                Math.round(stock.at() / 1000.0),
                schedule.end() / 1000,
                PLAIN,
                words));
        lines.add(row("", BOLD + "STOCK " + server + PLAIN, BOLD + "GUARDED " + server + PLAIN));
        lines.add(row("descriptors", descriptors(stock), descriptors(guarded)));
        lines.add(row("users in session", inSession(stock, users), inSession(guarded, users)));
        lines.add(row("level", "no guard", level(guarded)));
        lines.add(row("health", health(stock), health(guarded)));
        lines.add(row("logins", stock.logins() + " a second", guarded.logins() + " a second"));
        lines.add(row("failed attempts", stock.failures() + " a second", guarded.failures() + " a second"));
        lines.add(row("sessions lost", lost(stock), lost(guarded)));
        lines.add(row("in session so far", history(stockSeconds, users), history(guardedSeconds, users)));
        return lines;
    }

    /** Pads by what is seen: control sequences take no room. */
    private static String row(String label, String left, String right) {
        int seen = left.replaceAll("\u001b\\[[0-9;]*[A-Za-z]", "").length();
        return String.format(Locale.ROOT, "  %-" + LABEL + "s", label)
                + left
                + " ".repeat(Math.max(1, COLUMN - seen))
                + right;
    }

    private String descriptors(Second s) {
        String colour = s.descriptors() >= limit - 1 ? RED : s.descriptors() >= limit * 85 / 100 ? YELLOW : GREEN;
        return colour + bar(s.descriptors(), limit) + PLAIN + " " + s.descriptors() + "/" + limit;
    }

    private static String inSession(Second s, int users) {
        int in = s.counts().inSession();
        return bar(in, users) + " " + in + "/" + users;
    }

    private static String bar(int value, int most) {
        int full = Math.max(0, Math.min(BAR, value * BAR / most));
        return "█".repeat(full) + "░".repeat(BAR - full);
    }

    private static String level(Second s) {
        String colour =
                switch (s.level()) {
                    case "NORMAL" -> GREEN;
                    case "ELEVATED", "SHED" -> YELLOW;
                    default -> RED;
                };
        return colour + s.level() + PLAIN;
    }

    private static String health(Second s) {
        return (s.healthy() ? GREEN : RED) + s.health() + PLAIN;
    }

    private static String lost(Second s) {
        long lost = s.counts().lost();
        return (lost == 0 ? GREEN : RED) + lost + " in all" + PLAIN;
    }

    /** The users in session over the whole run, as many seconds to a block as it takes. */
    private static String history(List<Second> seconds, int users) {
        int width = COLUMN - 4;
        int step = (seconds.size() + width - 1) / width;
        StringBuilder blocks = new StringBuilder();
        for (int i = step - 1; i < seconds.size(); i += step) {
            int in = seconds.get(i).counts().inSession();
            blocks.append(BLOCKS.charAt(Math.min(8, (in * 8 + users - 1) / users)));
        }
        return blocks.toString();
    }
}
