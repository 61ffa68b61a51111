/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.internal.probe.Probe;
import io.tcpguard.signal.Cause;
import io.tcpguard.signal.Census;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.signal.TcpState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Texts that a kernel might write after a bug, or another kernel one day: whatever the probes make of them is what a
 * second reader, written another way, makes of them, number for number; what it can't read is said to be unknown; and
 * nothing is ever thrown.
 */
class MangledTextTest {
    private static final int ROUNDS = 150;
    private static final long SECOND = 1_000_000_000L;
    private static final Pattern LISTENER = Pattern.compile(
            "[ \\t]*\\d+: [0-9A-F]{8}:1F90 [0-9A-F]{8}:[0-9A-F]{4} 0A [0-9A-F]{8}:([0-9A-F]{8})[ \\t\\n].*");
    private static final String TABLE =
            """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 00000000:07E8 00000000:0000 0A 00000000:00000007 00:00000000 00000000     0        0 1061 1 0 100 0 0 10 0
               1: 0100007F:1F90 00000000:0000 0A 00000000:0000002A 00:00000000 00000000     0        0 1062 1 0 100 0 0 10 0
               2: 0100007F:1F90 0100007F:A1B2 01 00000000:00000063 00:00000000 00000000     0        0 1063 1 0 100 0 0 10 0
            """;

    private final Path directory;
    private final Map<String, String> good = Map.ofEntries(
            Map.entry("self/net/sockstat", FakeProc.SOCKSTAT),
            Map.entry("self/net/sockstat6", FakeProc.SOCKSTAT6),
            Map.entry("self/net/netstat", FakeProc.netstat(100, 20)),
            Map.entry("self/net/snmp", FakeProc.snmp(12)),
            Map.entry("sys/fs/file-nr", "2016\t0\t2466183\n"),
            Map.entry("sys/net/ipv4/tcp_max_tw_buckets", "131072\n"),
            Map.entry("sys/net/ipv4/tcp_max_orphans", "65536\n"),
            Map.entry("sys/net/ipv4/tcp_mem", "287901\t383869\t575802\n"),
            Map.entry("sys/net/ipv4/tcp_syncookies", "1\n"),
            Map.entry("sys/net/ipv4/ip_local_port_range", "32768\t60999\n"),
            Map.entry("sys/net/netfilter/nf_conntrack_count", "25\n"),
            Map.entry("sys/net/netfilter/nf_conntrack_max", "262144\n"));

    /** A second later. */
    private final Map<String, String> texts = new HashMap<>(good);

    MangledTextTest(@TempDir Path directory) {
        this.directory = directory;
        texts.put("self/net/netstat", FakeProc.netstat(150, 30));
    }

    @Test
    void everyTextThatIsNotMangledIsReadRight() {
        int numbers = compare(FakeProc.complete(directory));

        assertThat(numbers).isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "self/net/sockstat",
                "self/net/sockstat6",
                "self/net/netstat",
                "self/net/snmp",
                "sys/fs/file-nr",
                "sys/net/ipv4/tcp_max_tw_buckets",
                "sys/net/ipv4/tcp_max_orphans",
                "sys/net/ipv4/tcp_mem",
                "sys/net/ipv4/tcp_syncookies",
                "sys/net/ipv4/ip_local_port_range",
                "sys/net/netfilter/nf_conntrack_count",
                "sys/net/netfilter/nf_conntrack_max"
            })
    void aMangledTextIsReadRightOrRefusedAndTheOthersAreReadAsBefore(String name) {
        String whole = Objects.requireNonNull(texts.get(name));
        Random random = new Random(name.hashCode());
        FakeProc proc = FakeProc.complete(directory);
        int numbers = 0;
        for (int round = 0; round < ROUNDS; round++) {
            texts.put(name, mangled(whole, random));

            numbers += compare(proc);
        }
        // What is compared must be numbers often enough, and refused often enough, for this to say anything.
        assertThat(numbers).isGreaterThan(3 * ROUNDS);
        if (!name.endsWith("snmp") && !name.endsWith("syncookies")) {
            assertThat(numbers).isLessThan(7 * ROUNDS - ROUNDS / 10);
        }
    }

    @Test
    void aTextOfRandomBytesIsRefusedEverywhere() {
        Random random = new Random(8);
        FakeProc proc = FakeProc.complete(directory);
        for (int round = 0; round < ROUNDS; round++) {
            for (String name : good.keySet()) {
                byte[] noise = new byte[random.nextInt(100)];
                random.nextBytes(noise);
                texts.put(name, new String(noise, StandardCharsets.ISO_8859_1));
            }

            assertThat(compare(proc)).isZero();
        }
    }

    /** Returns how many signals had a number. */
    private int compare(FakeProc proc) {
        good.forEach(proc::with);
        try (LinuxProbes probes = LinuxProbes.open(proc.root(), true, () -> 0, null)) {
            List<Probe> all = new ArrayList<>(probes.everyCounterPeriod());
            all.add(probes.everySample());
            all.forEach(probe -> probe.read(SECOND));
            texts.forEach(proc::with);

            SecondReader expected =
                    new SecondReader(name -> Objects.requireNonNull(texts.get(name)), FakeProc.netstat(100, 20));
            int numbers = 0;
            for (Probe probe : all) {
                if (probe.signal() != Signal.DESCRIPTORS) {
                    numbers += compare(probe.read(2 * SECOND), expected.read(probe.signal()));
                }
            }
            return numbers;
        }
    }

    private int compare(Reading reading, Optional<Reading> expected) {
        if (reading instanceof Reading.Unavailable missing) {
            assertThat(expected).as("%s of %s", missing, texts).isEmpty();
            assertThat(missing.cause()).isIn(Cause.MALFORMED, Cause.NOT_SUPPORTED, Cause.NOTHING_TO_WATCH);
            return 0;
        }
        assertThat(Optional.of(reading)).as("%s", texts).isEqualTo(expected);
        return 1;
    }

    @ParameterizedTest
    @ValueSource(longs = {6, 60, 600})
    void theListenTableIsReadRightOrRefused(long seed) {
        Random random = new Random(seed);
        FakeProc proc = FakeProc.complete(directory).with("self/net/tcp", TABLE);
        for (int round = 1; round <= ROUNDS; round++) {
            String mangled = mangled(TABLE, random);
            proc.with("self/net/tcp", TABLE);
            try (LinuxProbes probes = LinuxProbes.open(proc.root(), true, () -> 0, null);
                    Probe probe = probes.acceptQueue(8080, 50, time -> false)) {
                proc.with("self/net/tcp", mangled);
                if (probe.read(4 * SECOND) instanceof Reading.Measured measured) {
                    // The depth must stand in some whole row of that port.
                    assertThat(mangled.lines().map(line -> line + "\n").anyMatch(line -> {
                                Matcher matcher = LISTENER.matcher(line.stripTrailing() + " ");
                                return matcher.matches() && Long.parseLong(matcher.group(1), 16) == measured.used();
                            }))
                            .as(mangled)
                            .isTrue();
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {9, 90, 900})
    void aCensusOfAMangledTableCountsNoSocketThatIsNotThereOrSaysThatItIsNotComplete(long seed) throws IOException {
        Random random = new Random(seed);
        FakeProc proc = FakeProc.complete(directory).with("self/net/tcp", TABLE);
        for (int inode = 1061; inode <= 1063; inode++) {
            Files.createSymbolicLink(directory.resolve("self/fd/" + inode), Path.of("socket:[" + inode + "]"));
        }
        SocketCensus sockets = new SocketCensus(proc.root(), true, null, () -> 0);
        Census whole = sockets.takeWithHalfOpen(SECOND);
        assertThat(whole.sockets()).isEqualTo(Map.of(TcpState.LISTEN, 2, TcpState.ESTABLISHED, 1));
        for (int round = 0; round < ROUNDS; round++) {
            String mangled = mangled(TABLE, random);
            proc.with("self/net/tcp", mangled);

            Census census = sockets.takeWithHalfOpen(SECOND);

            int counted = census.sockets().values().stream()
                    .mapToInt(Integer::intValue)
                    .sum();
            assertThat(counted).as(mangled).isLessThanOrEqualTo((int)
                    mangled.lines().count());
            if (census.complete() && census.trouble().isEmpty()) {
                // Nothing was passed over: each row but the heading is one that the kernel writes.
                assertThat(mangled.lines().skip(1))
                        .as(mangled)
                        .allMatch(line -> line.matches(
                                "(?s)\\s*\\d+: [0-9A-F]+:[0-9A-F]{4} [0-9A-F]+:[0-9A-F]{4} [0-9A-F]{2} .*"));
            }
        }
    }

    private static String mangled(String good, Random random) {
        byte[] text = good.getBytes(StandardCharsets.ISO_8859_1);
        int cuts = 1 + random.nextInt(3);
        for (int i = 0; i < cuts && text.length > 0; i++) {
            int from = random.nextInt(text.length);
            int to = from + random.nextInt(Math.min(12, text.length - from) + 1);
            text = switch (random.nextInt(7)) {
                case 0 -> flipped(text, from, random);
                case 1 -> Arrays.copyOf(text, from);
                case 2 -> joined(Arrays.copyOf(text, from), Arrays.copyOfRange(text, to, text.length));
                case 3 -> joined(Arrays.copyOf(text, to), Arrays.copyOfRange(text, from, text.length));
                case 4 -> {
                    // Digits for digits: a text that is as good as the other, with another number.
                    byte[] copy = text.clone();
                    for (int at = from; at < to; at++) {
                        copy[at] = copy[at] >= '0' && copy[at] <= '9' ? (byte) ('0' + random.nextInt(10)) : copy[at];
                    }
                    yield copy;
                }
                case 5 ->
                    joined(
                            Arrays.copyOf(text, from),
                            new byte[] {(byte) " \t\n-9x:".charAt(random.nextInt(7))},
                            Arrays.copyOfRange(text, from, text.length));
                default ->
                    joined(
                            Arrays.copyOf(text, from),
                            "99999999999999999999".getBytes(StandardCharsets.ISO_8859_1),
                            Arrays.copyOfRange(text, from, text.length));
            };
        }
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    private static byte[] flipped(byte[] text, int at, Random random) {
        byte[] copy = text.clone();
        copy[at] ^= (byte) (1 << random.nextInt(8));
        return copy;
    }

    private static byte[] joined(byte[]... parts) {
        byte[] all = new byte[0];
        for (byte[] part : parts) {
            int at = all.length;
            all = Arrays.copyOf(all, at + part.length);
            System.arraycopy(part, 0, all, at, part.length);
        }
        return all;
    }
}
