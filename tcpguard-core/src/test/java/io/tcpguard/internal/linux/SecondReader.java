/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the same kernel texts as the probes, written another way: slow, by patterns and by splitting. What it makes of
 * a text is what a probe must make of it, one second after {@link FakeProc#complete} was read.
 */
final class SecondReader {
    private static final String BLANK = "[ \\t]+";
    private static final Pattern SOCKSTAT = Pattern.compile("\\A(?:(?!TCP:)[^\\n]*\\n)*TCP:" + BLANK + "inuse" + BLANK
            + "(\\d+)" + BLANK + "orphan" + BLANK + "(\\d+)" + BLANK + "tw" + BLANK + "(\\d+)" + BLANK + "alloc" + BLANK
            + "(\\d+)" + BLANK + "mem" + BLANK + "(\\d+)(?:[ \\t][^\\n]*)?\\n[\\s\\S]*");
    private static final Pattern SOCKSTAT6 = Pattern.compile(
            "\\A(?:(?!TCP6:)[^\\n]*\\n)*TCP6:" + BLANK + "inuse" + BLANK + "(\\d+)(?:[ \\t][^\\n]*)?\\n[\\s\\S]*");
    private static final Pattern ONE = Pattern.compile("(\\d+)\\n");
    private static final Pattern TWO = Pattern.compile("(\\d+)" + BLANK + "(\\d+)\\n");
    private static final Pattern THREE = Pattern.compile("(\\d+)" + BLANK + "(\\d+)" + BLANK + "(\\d+)\\n");

    private final Function<String, String> texts;
    private final Map<String, Long> netstatBefore;

    /**
     * @param texts by name, below {@code /proc}
     * @param netstatBefore the good counters of a second before
     */
    SecondReader(Function<String, String> texts, String netstatBefore) {
        this.texts = texts;
        this.netstatBefore =
                table(netstatBefore, "TcpExt:", "ListenDrops", "SyncookiesSent").orElseThrow();
    }

    /** Empty where the texts don't say. */
    Optional<Reading> read(Signal signal) {
        return switch (signal) {
            case SYSTEM_FILES ->
                measured(signal, number("sys/fs/file-nr", THREE, 1), number("sys/fs/file-nr", THREE, 3));
            case TIME_WAIT -> measured(signal, sockstat(3), one("sys/net/ipv4/tcp_max_tw_buckets"));
            case ORPHANS -> measured(signal, sockstat(2), one("sys/net/ipv4/tcp_max_orphans"));
            case TCP_MEMORY -> measured(signal, sockstat(5), number("sys/net/ipv4/tcp_mem", THREE, 3));
            case CONNTRACK ->
                measured(
                        signal, one("sys/net/netfilter/nf_conntrack_count"), one("sys/net/netfilter/nf_conntrack_max"));
            case EPHEMERAL_PORTS -> measured(signal, ports(), range());
            case LISTEN_DROPS -> measured(signal, drops(), Optional.of(ListenDropsProbe.CLIENTS_NOTICE));
            case DESCRIPTORS, MEMORY, CONNECTIONS, ACCEPT_QUEUE, WORK_DELAY ->
                throw new IllegalArgumentException(signal + " is not read from a text");
        };
    }

    private static Optional<Reading> measured(Signal signal, Optional<Long> used, Optional<Long> limit) {
        return used.isPresent() && limit.isPresent() && limit.get() > 0
                ? Optional.of(new Reading.Measured(signal, used.get(), limit.get()))
                : Optional.empty();
    }

    private Optional<Long> one(String name) {
        return number(name, ONE, 1);
    }

    private Optional<Long> sockstat(int group) {
        return number("self/net/sockstat", SOCKSTAT, group);
    }

    private Optional<Long> ports() {
        Optional<Long> used = sockstat(1);
        Optional<Long> used6 = number("self/net/sockstat6", SOCKSTAT6, 1);
        if (used.isEmpty() || used6.isEmpty()) {
            return Optional.empty();
        }
        BigInteger sockets = BigInteger.valueOf(used.get())
                .add(BigInteger.valueOf(used6.get()))
                .add(BigInteger.valueOf(sockstat(3).orElseThrow()));
        if (sockets.bitLength() > 63) {
            return Optional.empty();
        }
        long opens = table(texts.apply("self/net/snmp"), "Tcp:", "ActiveOpens")
                .map(counters -> counters.getOrDefault("ActiveOpens", Long.MAX_VALUE))
                .orElse(Long.MAX_VALUE);
        return Optional.of(Math.min(opens, sockets.longValueExact()));
    }

    private Optional<Long> range() {
        Optional<Long> first = number("sys/net/ipv4/ip_local_port_range", TWO, 1);
        Optional<Long> last = number("sys/net/ipv4/ip_local_port_range", TWO, 2);
        return first.isPresent() && last.isPresent() && last.get() <= 65_535 && first.get() <= last.get()
                ? Optional.of(last.get() - first.get() + 1)
                : Optional.empty();
    }

    private Optional<Long> drops() {
        Optional<Map<String, Long>> counters =
                table(texts.apply("self/net/netstat"), "TcpExt:", "ListenDrops", "SyncookiesSent");
        if (counters.isEmpty() || counters.get().size() < 2) {
            return Optional.empty();
        }
        long drops = grown("ListenDrops", counters.get());
        long cookies = grown("SyncookiesSent", counters.get());
        boolean forEverybody = one("sys/net/ipv4/tcp_syncookies").equals(Optional.of(2L));
        return drops < 0 || cookies < 0 ? Optional.empty() : Optional.of(forEverybody ? drops : drops + cookies);
    }

    private long grown(String counter, Map<String, Long> now) {
        return now.getOrDefault(counter, 0L) - netstatBefore.getOrDefault(counter, 0L);
    }

    /** All numbers of the line must fit, also those that are not asked for. */
    private Optional<Long> number(String name, Pattern pattern, int group) {
        Matcher line = pattern.matcher(texts.apply(name));
        if (!line.matches()) {
            return Optional.empty();
        }
        for (int i = 1; i <= line.groupCount(); i++) {
            if (!fits(line.group(i))) {
                return Optional.empty();
            }
        }
        return Optional.of(Long.parseLong(line.group(group)));
    }

    /** Those of the named counters that the table has; empty if it does not add up. */
    private static Optional<Map<String, Long>> table(String text, String label, String... names) {
        List<String> lines = List.of(text.split("\n", -1));
        for (int i = 0; i + 2 < lines.size(); i++) {
            if (!lines.get(i).startsWith(label)) {
                continue;
            }
            if (!lines.get(i + 1).startsWith(label)) {
                return Optional.empty();
            }
            List<String> header = words(lines.get(i).substring(label.length()));
            List<String> numbers = words(lines.get(i + 1).substring(label.length()));
            if (header.size() != numbers.size() || !numbers.stream().allMatch(n -> n.matches("-?\\d+"))) {
                return Optional.empty();
            }
            Map<String, Long> found = new HashMap<>();
            for (String name : names) {
                int column = header.indexOf(name);
                if (column != header.lastIndexOf(name) || (column >= 0 && !fits(numbers.get(column)))) {
                    return Optional.empty();
                }
                if (column >= 0) {
                    found.put(name, Long.parseLong(numbers.get(column)));
                }
            }
            return Optional.of(found);
        }
        return Optional.empty();
    }

    /** Each behind blanks; what does not begin or end so is one word that is neither a name nor a number. */
    private static List<String> words(String line) {
        if (line.isEmpty()) {
            return List.of();
        }
        if (!line.matches("(?s)[ \\t].*[^ \\t]")) {
            return List.of("\n");
        }
        List<String> words = new ArrayList<>(List.of(line.split(BLANK, -1)));
        words.remove(0);
        return words;
    }

    private static boolean fits(String digits) {
        return !digits.startsWith("-") && new BigInteger(digits).bitLength() <= 63;
    }
}
