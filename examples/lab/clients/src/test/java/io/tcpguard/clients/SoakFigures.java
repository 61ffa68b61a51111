/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.clients;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What a server holds, round by round: a table and a picture. */
final class SoakFigures {
    static final int OWN = 0;
    static final int THREADS = 1;
    /** KiB, after a collection. */
    static final int HEAP = 2;

    static final int EVICTED = 3;
    static final int REFUSED = 4;
    static final int DESCRIPTORS = 5;

    private static final List<String> NAMES =
            List.of("connections", "threads but workers", "heap KiB", "evicted", "refused", "descriptors");
    private static final int WIDTH = 720;
    private static final int HEIGHT = 90;

    private final Path name;
    private final long start = System.nanoTime();
    private final List<Long> seconds = new ArrayList<>();
    private final List<long[]> rows = new ArrayList<>();

    SoakFigures(Path name) {
        this.name = name;
    }

    /** In the order of the constants. */
    long[] add(long... row) throws IOException {
        seconds.add((System.nanoTime() - start) / 1_000_000_000);
        rows.add(row);
        StringBuilder csv = new StringBuilder("seconds," + String.join(",", NAMES) + "\n");
        for (int i = 0; i < rows.size(); i++) {
            csv.append(seconds.get(i));
            for (long figure : rows.get(i)) {
                csv.append(',').append(figure);
            }
            csv.append('\n');
        }
        Files.createDirectories(name.toAbsolutePath().getParent());
        Files.writeString(name.resolveSibling(name.getFileName() + ".csv"), csv);
        return row;
    }

    /** A strip for each figure, from 0 to its most. */
    void draw() throws IOException {
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' font-family='sans-serif'"
                        + " font-size='12'>%n",
                WIDTH,
                HEIGHT * NAMES.size()));
        long last = Math.max(1, seconds.get(seconds.size() - 1));
        for (int figure = 0; figure < NAMES.size(); figure++) {
            int at = figure;
            long most = Math.max(1, rows.stream().mapToLong(r -> r[at]).max().orElse(1));
            int bottom = HEIGHT * (figure + 1) - 10;
            StringBuilder points = new StringBuilder();
            for (int i = 0; i < rows.size(); i++) {
                points.append(String.format(
                        Locale.ROOT,
                        "%.1f,%.1f ",
                        10 + (WIDTH - 20.0) * seconds.get(i) / last,
                        bottom - (HEIGHT - 30.0) * rows.get(i)[at] / most));
            }
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x='10' y='%d'>%s, 0 to %,d in %,d s</text>"
                            + "<polyline fill='none' stroke='#06c' points='%s'/>%n",
                    bottom - HEIGHT + 25,
                    NAMES.get(figure),
                    most,
                    last,
                    points.toString().trim()));
        }
        Files.writeString(name.resolveSibling(name.getFileName() + ".svg"), svg.append("</svg>\n"));
    }

    /** First and last row. */
    @Override
    public String toString() {
        return NAMES + " " + Arrays.toString(rows.get(0)) + " → " + Arrays.toString(rows.get(rows.size() - 1)) + " in "
                + rows.size() + " rows";
    }
}
