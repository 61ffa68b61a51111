/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.figures;

import java.io.IOException;
import java.io.PrintStream;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * What a refusal costs a full server in processor time, its own and the kernel's on its behalf. All run side by side
 * and are asked in turn.
 *
 * @param rounds through all servers
 * @param knocks on each server in a round
 * @param warmUp knocks on each before
 * @param silentSeconds how long those are tried that say nothing to anybody
 */
record Refusals(int rounds, int knocks, int warmUp, int silentSeconds) {
    static final Refusals STANDARD = new Refusals(5, 5_000, 20_000, 5);

    private static final int DESCRIPTORS = 256;
    /** Few enough for Tomcat's own limit and its descriptors, so that the Valve is asked. */
    private static final int HOLDERS = 120;

    private static final int LONG_ENOUGH_SECONDS = 60;

    private static final List<Contestant> REFUSING = List.of(
            Contestant.REFUSING_BY_RESET, Contestant.REFUSING_BY_ANSWER, Contestant.VALVE, Contestant.BARE_LOOP);
    /** Both let newcomers wait in the kernel's queue: one before it accepts too many, one because it can't accept. */
    private static final List<Contestant> SILENT = List.of(Contestant.MAX_CONNECTIONS, Contestant.STOCK);

    /** Prints the table. */
    void print(Path directory, PrintStream out) throws IOException, InterruptedException {
        Map<Contestant, RefusalBook> books = new LinkedHashMap<>();
        List<Socket> holders = new ArrayList<>();
        try (Children children = new Children(directory.resolve("refusals"))) {
            Map<Contestant, Child> servers = new EnumMap<>(Contestant.class);
            for (Contestant contestant : REFUSING) {
                servers.put(contestant, children.launch(contestant, DESCRIPTORS, HOLDERS, 0));
            }
            for (Contestant contestant : SILENT) {
                servers.put(contestant, children.launch(contestant, DESCRIPTORS, HOLDERS, 0));
            }
            children.awaitReady();
            for (Map.Entry<Contestant, Child> server : servers.entrySet()) {
                if (server.getKey() == Contestant.BARE_LOOP) {
                    // It would read from a silent one for ever.
                    continue;
                }
                boolean till = server.getKey() == Contestant.VALVE || server.getKey() == Contestant.MAX_CONNECTIONS;
                RefusalBook.hold(server.getValue(), till ? HOLDERS : DESCRIPTORS, holders);
            }
            play(servers, books);
        } finally {
            for (Socket holder : holders) {
                holder.close();
            }
        }
        print(books, out);
    }

    private void play(Map<Contestant, Child> servers, Map<Contestant, RefusalBook> books) throws IOException {
        for (Contestant contestant : REFUSING) {
            Knocks.knock(server(servers, contestant).address(), warmUp, LONG_ENOUGH_SECONDS);
        }
        for (int round = 0; round < rounds; round++) {
            for (Contestant contestant : REFUSING) {
                book(books, contestant).ask(server(servers, contestant), knocks, LONG_ENOUGH_SECONDS);
            }
        }
        for (Contestant contestant : SILENT) {
            book(books, contestant).ask(server(servers, contestant), knocks, silentSeconds);
        }
    }

    private static Child server(Map<Contestant, Child> servers, Contestant contestant) {
        return Objects.requireNonNull(servers.get(contestant));
    }

    private static RefusalBook book(Map<Contestant, RefusalBook> books, Contestant contestant) {
        return books.computeIfAbsent(contestant, unused -> new RefusalBook());
    }

    private static void print(Map<Contestant, RefusalBook> books, PrintStream out) {
        double valve = Median.of(book(books, Contestant.VALVE).perCpuSecond()).middle();
        out.println("### Refusals for a second of processor time");
        out.println();
        out.println(
                "| | refused per CPU second | beside the Valve | knocks | whole 503 | reset | heard nothing for 1 s | "
                        + "served |");
        out.println("|---|---|---|---|---|---|---|---|");
        books.forEach((contestant, book) -> {
            Median median = Median.of(book.perCpuSecond());
            Knocks knocks = book.retries();
            out.println(String.format(
                    Locale.ROOT,
                    "| %s | %,.0f (%,.0f–%,.0f) | %.1f | %,d | %,d | %,d | %,d | %,d |",
                    title(contestant),
                    median.middle(),
                    median.least(),
                    median.most(),
                    median.middle() / valve,
                    knocks.refused() + knocks.silent() + knocks.served(),
                    knocks.answered(),
                    knocks.reset(),
                    knocks.silent(),
                    knocks.served()));
        });
        out.println();
    }

    private static String title(Contestant contestant) {
        return contestant == Contestant.STOCK ? contestant.title() + ", out of descriptors" : contestant.title();
    }
}
