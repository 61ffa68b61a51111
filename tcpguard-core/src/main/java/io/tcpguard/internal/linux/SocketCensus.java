/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import io.tcpguard.internal.probe.NanoClock;
import io.tcpguard.signal.Census;
import io.tcpguard.signal.TcpState;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * This process's TCP sockets by state: for a person's question or a slow period, never for a sample. Counting opens
 * files, and takes about a microsecond for each descriptor where sockets can be asked, else as long as the kernel needs
 * to write all connections of the namespace; but not much longer than it is given.
 *
 * <p>Half-open connections (SYN_RECV) have no descriptor: they are found by their listener's port, which always takes
 * that walk. Any thread, one count at a time.
 */
public final class SocketCensus {
    /** Sockets between two looks at the clock. */
    private static final int CLOCK_EVERY = 64;

    private static final int IPPROTO_TCP = 6;
    private static final int TCP_INFO = 11;
    private static final int STATE_BYTES = 8;

    private final File proc;
    private final boolean linux;
    private final @Nullable SocketCalls calls;
    private final NanoClock clock;
    private volatile Set<Integer> listening = Set.of();

    SocketCensus(File proc, boolean linux, @Nullable SocketCalls calls, NanoClock clock) {
        this.proc = proc;
        this.linux = linux;
        this.calls = calls;
        this.clock = clock;
    }

    /** Ports on which this process listens, by the last count for which there was time enough. Any thread. */
    public Set<Integer> listening() {
        return listening;
    }

    /**
     * Counts what has a descriptor. Throws nothing: trouble is in the answer.
     *
     * @param budgetNanos after which it gives up and says that the count is not complete
     */
    public synchronized Census take(long budgetNanos) {
        return new Count(budgetNanos).take(false);
    }

    /**
     * Counts half-open connections to own listeners, too; else as {@link #take}.
     *
     * @param budgetNanos for all; the kernel's walk over a page of the table is not cut short, which can take a tenth
     *     of a second on a machine with very many sockets
     */
    public synchronized Census takeWithHalfOpen(long budgetNanos) {
        return new Count(budgetNanos).take(true);
    }

    /** One count under way. */
    private final class Count {
        private final long deadline;
        private final File directory = new File(proc, "self/fd");
        private final Map<TcpState, Integer> sockets = new EnumMap<>(TcpState.class);
        private final Set<Long> ownInodes = new HashSet<>();
        private final Set<Integer> ownPorts = new HashSet<>();
        private final Map<Integer, Integer> halfOpenByPort = new HashMap<>();
        private boolean complete = true;
        private boolean cutShort;

        Count(long budgetNanos) {
            deadline = clock.nanoTime() + budgetNanos;
        }

        Census take(boolean halfOpen) {
            if (!linux) {
                return Census.failed("no Linux, or no /proc");
            }
            List<String> names;
            try {
                names = names();
            } catch (IOException | DirectoryIteratorException e) {
                return Census.failed(
                        directory + ": could not be listed: no descriptor was left for it, or no permission");
            }
            try {
                SocketCalls ask = calls;
                if (ask != null) {
                    askAll(ask, names);
                } else {
                    findInodes(names);
                }
                if (ask == null || halfOpen) {
                    for (File table : tables()) {
                        walk(table);
                    }
                }
            } catch (IOException e) {
                return Census.failed(e.toString());
            }
            if (halfOpen) {
                halfOpenByPort.keySet().retainAll(ownPorts);
                int all = halfOpenByPort.values().stream()
                        .mapToInt(Integer::intValue)
                        .sum();
                if (all > 0) {
                    sockets.merge(TcpState.SYN_RECV, all, Integer::sum);
                }
            }
            if (!cutShort) {
                listening = Set.copyOf(ownPorts);
            }
            return new Census(sockets, halfOpen, complete, "");
        }

        /** One by one, since a list of a million would take a second whatever the budget is. */
        private List<String> names() throws IOException {
            List<String> names = new ArrayList<>();
            try (DirectoryStream<Path> all = Files.newDirectoryStream(directory.toPath())) {
                for (Path one : all) {
                    names.add(one.getFileName().toString());
                    if (names.size() % CLOCK_EVERY == 0 && late()) {
                        break;
                    }
                }
            }
            return names;
        }

        private void askAll(SocketCalls ask, List<String> names) {
            for (int i = 0; i < names.size(); i++) {
                if (i % CLOCK_EVERY == CLOCK_EVERY - 1 && late()) {
                    return;
                }
                SocketCalls.SocketHandle handle =
                        isNumber(names.get(i)) ? ask.handle(Integer.parseInt(names.get(i))) : null;
                if (handle == null) {
                    continue;
                }
                SocketCalls.Option info = handle.option(IPPROTO_TCP, TCP_INFO, STATE_BYTES);
                TcpState state = info.read() ? TcpState.of(info.value().get(0)) : null;
                if (state != null) {
                    sockets.merge(state, 1, Integer::sum);
                }
                if (state == TcpState.LISTEN) {
                    ownPorts.add(handle.localPort());
                }
            }
        }

        private void findInodes(List<String> names) {
            for (int i = 0; i < names.size(); i++) {
                if (i % CLOCK_EVERY == CLOCK_EVERY - 1 && late()) {
                    return;
                }
                long inode = DescriptorKey.socketInode(linkOf(directory, names.get(i)));
                if (inode >= 0) {
                    ownInodes.add(inode);
                }
            }
        }

        /** A row that can't be understood makes the count incomplete; so does the end of the time. */
        private void walk(File table) throws IOException {
            if (!complete) {
                return;
            }
            try (BufferedReader rows = Files.newBufferedReader(table.toPath(), StandardCharsets.ISO_8859_1)) {
                rows.readLine();
                int seen = 0;
                for (String line = rows.readLine(); line != null; line = rows.readLine()) {
                    if (++seen % CLOCK_EVERY == 0 && late()) {
                        return;
                    }
                    TcpRow row = TcpRow.parse(line);
                    if (row == null) {
                        complete = false;
                    } else {
                        count(row);
                    }
                }
            }
        }

        private void count(TcpRow row) {
            if (row.state() == TcpState.SYN_RECV) {
                halfOpenByPort.merge(row.localPort(), 1, Integer::sum);
            } else if (ownInodes.contains(row.inode())) {
                sockets.merge(row.state(), 1, Integer::sum);
                if (row.state() == TcpState.LISTEN) {
                    ownPorts.add(row.localPort());
                }
            }
        }

        /** True if the time is up; then the count is not complete. */
        private boolean late() {
            boolean late = clock.nanoTime() - deadline >= 0;
            complete &= !late;
            cutShort |= late;
            return late;
        }
    }

    private List<File> tables() {
        List<File> tables = new ArrayList<>();
        tables.add(new File(proc, "self/net/tcp"));
        File tcp6 = new File(proc, "self/net/tcp6");
        if (tcp6.exists()) {
            tables.add(tcp6);
        }
        return tables;
    }

    private static String linkOf(File directory, String name) {
        try {
            return Files.readSymbolicLink(Path.of(directory.getPath(), name)).toString();
        } catch (IOException e) {
            // Closed since it was listed.
            return "";
        }
    }

    private static boolean isNumber(String name) {
        return !name.isEmpty() && name.length() < 10 && name.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
