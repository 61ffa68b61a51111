package io.tcpguard.internal.linux;

import io.tcpguard.signal.NanoClock;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Counts this process's TCP sockets by state: for a person's question or a slow period, never for a sample. Opens files, and
 * takes about a microsecond for each descriptor where sockets can be asked, else as long as the kernel needs to write all
 * connections of the namespace; but not much longer than it is given.
 *
 * <p>Half-open connections (SYN_RECV) have no descriptor and are not counted. Any thread, one count at a time.
 */
public final class SocketCensus {
    /** Sockets between two looks at the clock. */
    private static final int CLOCK_EVERY = 64;

    private static final int IPPROTO_TCP = 6;
    private static final int TCP_INFO = 11;
    private static final int STATE_BYTES = 8;
    private static final Pattern SOCKET = Pattern.compile("socket:\\[(\\d+)]");
    private static final Pattern ROW = Pattern.compile("\\s*\\d+: [0-9A-F]+:[0-9A-F]{4} [0-9A-F]+:[0-9A-F]{4} "
            + "([0-9A-F]{2}) [0-9A-F]+:[0-9A-F]+ [0-9A-F]+:[0-9A-F]+ [0-9A-F]+ +\\d+ +\\d+ (\\d+) .*");

    private final File proc;
    private final boolean linux;
    private final @Nullable SocketCalls calls;
    private final NanoClock clock;

    SocketCensus(File proc, boolean linux, @Nullable SocketCalls calls, NanoClock clock) {
        this.proc = proc;
        this.linux = linux;
        this.calls = calls;
        this.clock = clock;
    }

    /**
     * Counts. Throws nothing: trouble is in the answer.
     *
     * @param budgetNanos after which it gives up and says that the count is not complete
     */
    public synchronized Census take(long budgetNanos) {
        if (!linux) {
            return Census.failed("no Linux, or no /proc");
        }
        File directory = new File(proc, "self/fd");
        String[] names = directory.list();
        if (names == null) {
            return Census.failed(directory + ": could not be listed: no descriptor was left for it, or no permission");
        }
        long deadline = clock.nanoTime() + budgetNanos;
        SocketCalls ask = calls;
        if (ask != null) {
            return bySockets(ask, names, deadline);
        }
        try {
            return byTable(directory, names, deadline);
        } catch (IOException e) {
            return Census.failed(e.toString());
        }
    }

    private Census bySockets(SocketCalls ask, String[] names, long deadline) {
        Map<TcpState, Integer> sockets = new EnumMap<>(TcpState.class);
        for (int i = 0; i < names.length; i++) {
            if (i % CLOCK_EVERY == CLOCK_EVERY - 1 && late(deadline)) {
                return new Census(sockets, false, "");
            }
            SocketCalls.Handle handle = isNumber(names[i]) ? ask.handle(Integer.parseInt(names[i])) : null;
            if (handle == null) {
                continue;
            }
            SocketCalls.Option info = handle.option(IPPROTO_TCP, TCP_INFO, STATE_BYTES);
            TcpState state = info.read() ? TcpState.of(info.value().get(0)) : null;
            if (state != null) {
                sockets.merge(state, 1, Integer::sum);
            }
        }
        return new Census(sockets, true, "");
    }

    private Census byTable(File directory, String[] names, long deadline) throws IOException {
        Set<String> own = new HashSet<>();
        boolean complete = true;
        for (int i = 0; i < names.length && complete; i++) {
            complete = i % CLOCK_EVERY != CLOCK_EVERY - 1 || !late(deadline);
            Matcher link = SOCKET.matcher(linkOf(directory, names[i]));
            if (link.matches()) {
                own.add(link.group(1));
            }
        }
        Map<TcpState, Integer> sockets = new EnumMap<>(TcpState.class);
        for (File table : tables()) {
            complete = complete && count(table, own, sockets, deadline);
        }
        return new Census(sockets, complete, "");
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

    /** False if the time was up, or if a row could not be understood. */
    private boolean count(File table, Set<String> own, Map<TcpState, Integer> sockets, long deadline)
            throws IOException {
        boolean complete = true;
        try (BufferedReader rows = Files.newBufferedReader(table.toPath(), StandardCharsets.ISO_8859_1)) {
            rows.readLine();
            int seen = 0;
            for (String line = rows.readLine(); line != null; line = rows.readLine()) {
                if (++seen % CLOCK_EVERY == 0 && late(deadline)) {
                    return false;
                }
                Matcher row = ROW.matcher(line);
                TcpState state = row.matches() ? TcpState.of(Integer.parseInt(row.group(1), 16)) : null;
                if (state == null) {
                    complete = false;
                } else if (own.contains(row.group(2))) {
                    sockets.merge(state, 1, Integer::sum);
                }
            }
        }
        return complete;
    }

    private static String linkOf(File directory, String name) {
        try {
            return Files.readSymbolicLink(Path.of(directory.getPath(), name)).toString();
        } catch (IOException e) {
            // Closed since it was listed.
            return "";
        }
    }

    private boolean late(long deadline) {
        return clock.nanoTime() - deadline >= 0;
    }

    private static boolean isNumber(String name) {
        return !name.isEmpty() && name.length() < 10 && name.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
