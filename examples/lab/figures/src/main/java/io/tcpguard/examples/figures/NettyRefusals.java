/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.figures;

import java.io.IOException;
import java.io.PrintStream;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * What a refusal costs a full Netty server in processor time, each way beside the barest handler that does the same
 * without the guard. All run side by side; each pair is asked in turn, A B B A.
 *
 * @param rounds of pairs
 * @param knocks on each server in a round: enough for most of a second of processor time, which the kernel tells in
 *     hundredths
 * @param warmUp knocks on each before
 * @param settleSeconds in which nobody knocks after that: what a guard does by itself, fifty times a second, is
 *     compiled only after five thousand times
 */
record NettyRefusals(int rounds, int knocks, int warmUp, int settleSeconds) {
    static final NettyRefusals STANDARD = new NettyRefusals(14, 15_000, 100_000, 120);

    /**
     * So many times as many knocks where a reset is all: it costs a third of an answer. In all fewer than {@code
     * resetBudget} can be.
     */
    private static final int FOR_RESETS = 3;

    private static final int DESCRIPTORS = 512;
    private static final int TOP_UP = 8;
    private static final int LONG_ENOUGH_SECONDS = 60;

    private static final List<List<Contestant>> PAIRS = List.of(
            List.of(Contestant.NETTY_RESETTING, Contestant.NETTY_GUARD_RESETTING),
            List.of(Contestant.NETTY_ANSWERING, Contestant.NETTY_GUARD_ANSWERING));

    /** Prints the table. */
    void print(Transport transport, Path directory, PrintStream out) throws IOException, InterruptedException {
        Map<Contestant, RefusalBook> books = new EnumMap<>(Contestant.class);
        List<Socket> holders = new ArrayList<>();
        try (Children children = new Children(directory.resolve("refusals"), transport)) {
            Map<Contestant, Child> servers = new EnumMap<>(Contestant.class);
            for (List<Contestant> pair : PAIRS) {
                for (Contestant contestant : pair) {
                    servers.put(contestant, children.launch(contestant, DESCRIPTORS, 0, 0));
                    books.put(contestant, new RefusalBook());
                }
            }
            children.awaitReady();
            RefusalBook.hold(server(servers, Contestant.NETTY_GUARD_RESETTING), DESCRIPTORS, holders);
            RefusalBook.hold(server(servers, Contestant.NETTY_GUARD_ANSWERING), DESCRIPTORS, holders);
            for (Map.Entry<Contestant, Child> server : servers.entrySet()) {
                Knocks.knock(server.getValue().address(), times(server.getKey()) * warmUp, LONG_ENOUGH_SECONDS);
            }
            TimeUnit.SECONDS.sleep(settleSeconds);
            for (List<Contestant> pair : PAIRS) {
                play(pair, servers, books, holders);
            }
        } finally {
            for (Socket holder : holders) {
                holder.close();
            }
        }
        print(transport, books, out);
    }

    private void play(
            List<Contestant> pair,
            Map<Contestant, Child> servers,
            Map<Contestant, RefusalBook> books,
            List<Socket> holders)
            throws IOException, InterruptedException {
        List<Contestant> order = new ArrayList<>(pair);
        for (int round = 0; round < rounds; round++) {
            for (Contestant contestant : order) {
                if (contestant == Contestant.NETTY_GUARD_RESETTING) {
                    // A file that the JVM closed meanwhile left a place. Not where a refused holder would wait for an
                    // answer.
                    RefusalBook.hold(server(servers, contestant), TOP_UP, holders);
                }
                book(books, contestant)
                        .ask(server(servers, contestant), times(contestant) * knocks, LONG_ENOUGH_SECONDS);
            }
            Collections.reverse(order);
        }
    }

    private static int times(Contestant contestant) {
        return PAIRS.get(0).contains(contestant) ? FOR_RESETS : 1;
    }

    private static Child server(Map<Contestant, Child> servers, Contestant contestant) {
        return Objects.requireNonNull(servers.get(contestant));
    }

    private static RefusalBook book(Map<Contestant, RefusalBook> books, Contestant contestant) {
        return Objects.requireNonNull(books.get(contestant));
    }

    private static void print(Transport transport, Map<Contestant, RefusalBook> books, PrintStream out) {
        out.println("#### Refusals for a second of processor time, " + transport);
        out.println();
        out.println("| Netty " + NettyServer.version() + ", " + transport
                + " | refused per CPU second | ratio of the pairs | knocks | whole 503 | reset | heard nothing "
                + "for 1 s | served | refused a second |");
        out.println("|---|---|---|---|---|---|---|---|---|");
        for (List<Contestant> pair : PAIRS) {
            RefusalBook bare = book(books, pair.get(0));
            for (Contestant contestant : pair) {
                RefusalBook book = book(books, contestant);
                Median median = Median.of(book.perCpuSecond());
                Knocks came = book.retries();
                out.println(String.format(
                        Locale.ROOT,
                        "| %s | %,.0f (%,.0f–%,.0f) | %s | %,d | %,d | %,d | %,d | %,d | %,.0f |",
                        contestant.title(),
                        median.middle(),
                        median.least(),
                        median.most(),
                        book == bare ? "" : Median.ofRatios(book.perCpuSecond(), bare.perCpuSecond()),
                        came.refused() + came.silent() + came.served(),
                        came.answered(),
                        came.reset(),
                        came.silent(),
                        came.served(),
                        Median.of(book.perSecond()).middle()));
            }
        }
        out.println();
    }
}
