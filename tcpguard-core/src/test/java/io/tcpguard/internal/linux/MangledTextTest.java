package io.tcpguard.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.signal.Probe;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Texts that a kernel might write after a bug, or another kernel one day: whatever a probe makes of them is a reading, and a
 * number in it is one that a second reader, written another way, finds in the same place.
 */
class MangledTextTest {
    private static final int ROUNDS = 250;
    private static final long SECOND = 1_000_000_000L;
    private static final String BLANK = "[ \\t]+";
    private static final Pattern SOCKSTAT = Pattern.compile("\\A(?:(?!TCP:)[^\\n]*\\n)*TCP:" + BLANK + "inuse" + BLANK
            + "(\\d+)" + BLANK + "orphan" + BLANK + "(\\d+)" + BLANK + "tw" + BLANK + "(\\d+)" + BLANK + "alloc" + BLANK
            + "(\\d+)" + BLANK + "mem" + BLANK + "(\\d+)(?:[ \\t][^\\n]*)?\\n[\\s\\S]*");
    private static final Pattern THREE = Pattern.compile("(\\d+)" + BLANK + "(\\d+)" + BLANK + "(\\d+)\\n");
    private static final Pattern ONE = Pattern.compile("(\\d+)\\n");

    private final Path directory;

    MangledTextTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 20_261_122, 77})
    void sockstatIsReadRightOrRefused(long seed) {
        mangle(seed, "self/net/sockstat", FakeProc.SOCKSTAT, (probes, text, now) -> {
            Matcher line = SOCKSTAT.matcher(text);
            boolean good = line.matches() && allFit(line);
            assertNumber(read(probes, Signal.TIME_WAIT, now), good ? line.group(3) : "", "131072");
            assertNumber(read(probes, Signal.ORPHANS, now), good ? line.group(2) : "", "65536");
            assertNumber(read(probes, Signal.TCP_MEMORY, now), good ? line.group(5) : "", "575802");
        });
    }

    @ParameterizedTest
    @ValueSource(longs = {2, 5150})
    void fileNrIsReadRightOrRefused(long seed) {
        mangle(seed, "sys/fs/file-nr", "2016\t0\t2466183\n", (probes, text, now) -> {
            Matcher line = THREE.matcher(text);
            boolean good = line.matches() && allFit(line) && !new BigInteger(line.group(3)).equals(BigInteger.ZERO);
            assertNumber(read(probes, Signal.SYSTEM_FILES, now), good ? line.group(1) : "", good ? line.group(3) : "");
        });
    }

    @ParameterizedTest
    @ValueSource(longs = {3, 1234})
    void conntrackIsReadRightOrRefused(long seed) {
        mangle(seed, "sys/net/netfilter/nf_conntrack_max", "262144\n", (probes, text, now) -> {
            Matcher line = ONE.matcher(text);
            boolean good = line.matches() && allFit(line) && !new BigInteger(line.group(1)).equals(BigInteger.ZERO);
            assertNumber(read(probes, Signal.CONNTRACK, now), good ? "25" : "", good ? line.group(1) : "");
        });
    }

    @ParameterizedTest
    @ValueSource(longs = {4, 99})
    void listenDropsAreReadRightOrRefused(long seed) {
        mangle(seed, "self/net/netstat", FakeProc.netstat(150, 30), (probes, text, now) -> {
            Probe probe = probes.everyCounterPeriod().get(0);
            Reading reading = probe.read(now);

            if (reading instanceof Reading.Measured measured) {
                // The base was read one second before from the text that is not mangled.
                assertThat(measured.used()).as(text).isEqualTo(attempts(text) - 120);
            } else {
                assertThat(attempts(text)).as(text).isLessThan(120);
            }
        });
    }

    @ParameterizedTest
    @ValueSource(longs = {6, 60})
    void listenTableNeverMakesAProbeFail(long seed) {
        String text =
                """
                  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
                   0: 00000000:07E8 00000000:0000 0A 00000000:00000007 00:00000000 00000000     0        0 1061 1 0 100 0 0 10 0
                   1: 0100007F:1F90 00000000:0000 0A 00000000:0000002A 00:00000000 00000000     0        0 1062 1 0 100 0 0 10 0
                   2: 0100007F:1F90 0100007F:A1B2 01 00000000:00000063 00:00000000 00000000     0        0 1063 1 0 100 0 0 10 0
                """;
        Pattern row = Pattern.compile(
                "[ \\t]*\\d+: [0-9A-F]{8}:1F90 [0-9A-F]{8}:[0-9A-F]{4} 0A [0-9A-F]{8}:([0-9A-F]{8})[ \\t\\n].*");
        mangle(seed, "self/net/tcp", text, (probes, mangled, now) -> {
            try (Probe probe = probes.acceptQueue(8080, 50, time -> false)) {
                if (probe.read(now) instanceof Reading.Measured measured) {
                    // The depth must stand in some whole row of that port.
                    assertThat(mangled.lines().map(line -> line + "\n").anyMatch(line -> {
                                Matcher matcher = row.matcher(line.stripTrailing() + " ");
                                return matcher.matches() && Long.parseLong(matcher.group(1), 16) == measured.used();
                            }))
                            .as(mangled)
                            .isTrue();
                }
            }
        });
    }

    @Test
    void aTextOfRandomBytesIsRefusedEverywhere() {
        Random random = new Random(8);
        FakeProc proc = FakeProc.complete(directory);
        try (LinuxProbes probes = open(proc)) {
            for (int round = 1; round <= 200; round++) {
                for (String name : List.of("self/net/sockstat", "self/net/netstat", "sys/fs/file-nr")) {
                    byte[] noise = new byte[random.nextInt(100)];
                    random.nextBytes(noise);
                    proc.with(name, new String(noise, StandardCharsets.ISO_8859_1));
                }
                long now = 2 * SECOND * round;
                assertThat(read(probes, Signal.TIME_WAIT, now)).isInstanceOf(Reading.Unavailable.class);
                assertThat(read(probes, Signal.SYSTEM_FILES, now)).isInstanceOf(Reading.Unavailable.class);
                assertThat(probes.everyCounterPeriod().get(0).read(now)).isInstanceOf(Reading.Unavailable.class);
            }
        }
    }

    private interface Check {
        void of(LinuxProbes probes, String text, long nowNanos);
    }

    private void mangle(long seed, String name, String good, Check check) {
        Random random = new Random(seed);
        FakeProc proc = FakeProc.complete(directory);
        try (LinuxProbes probes = open(proc)) {
            for (int round = 1; round <= ROUNDS; round++) {
                long now = 4 * SECOND * round;
                proc.with(name, name.endsWith("netstat") ? FakeProc.netstat(100, 20) : good);
                probes.everyCounterPeriod().get(0).read(now);
                String text = mangled(good, random);
                proc.with(name, text);

                check.of(probes, text, now + SECOND);
            }
        }
    }

    private static LinuxProbes open(FakeProc proc) {
        return LinuxProbes.open(proc.root(), true, () -> 0, null);
    }

    private static String mangled(String good, Random random) {
        byte[] text = good.getBytes(StandardCharsets.ISO_8859_1);
        int cuts = 1 + random.nextInt(3);
        for (int i = 0; i < cuts && text.length > 0; i++) {
            int from = random.nextInt(text.length);
            int to = from + random.nextInt(Math.min(12, text.length - from) + 1);
            text = switch (random.nextInt(6)) {
                case 0 -> flipped(text, from, random);
                case 1 -> Arrays.copyOf(text, from);
                case 2 -> joined(Arrays.copyOf(text, from), Arrays.copyOfRange(text, to, text.length));
                case 3 -> joined(Arrays.copyOf(text, to), Arrays.copyOfRange(text, from, text.length));
                case 4 ->
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

    private static Reading read(LinuxProbes probes, Signal signal, long nowNanos) {
        return probes.everySample().stream()
                .filter(probe -> probe.signal() == signal)
                .findFirst()
                .orElseThrow()
                .read(nowNanos);
    }

    /** @param used what must have been read; empty if nothing may have been */
    private static void assertNumber(Reading reading, String used, String limit) {
        if (used.isEmpty()) {
            assertThat(reading).isInstanceOf(Reading.Unavailable.class);
        } else {
            assertThat(reading)
                    .isEqualTo(new Reading.Measured(reading.signal(), Long.parseLong(used), Long.parseLong(limit)));
        }
    }

    private static boolean allFit(Matcher line) {
        for (int i = 1; i <= line.groupCount(); i++) {
            if (new BigInteger(line.group(i)).bitLength() > 63) {
                return false;
            }
        }
        return true;
    }

    /** ListenDrops and SyncookiesSent together, by splitting; -1 if the table does not add up. */
    private static long attempts(String text) {
        String[] lines = text.split("\n", -1);
        for (int i = 0; i + 2 < lines.length; i++) {
            if (lines[i].startsWith("TcpExt:")) {
                if (lines[i].matches(".*[ \t]") || lines[i + 1].matches(".*[ \t]")) {
                    return -1;
                }
                List<String> names = columns(lines[i]);
                List<String> numbers = lines[i + 1].startsWith("TcpExt:") ? columns(lines[i + 1]) : List.of();
                int drops = names.indexOf("ListenDrops");
                int cookies = names.indexOf("SyncookiesSent");
                boolean adds = names.size() == numbers.size()
                        && drops == names.lastIndexOf("ListenDrops")
                        && cookies == names.lastIndexOf("SyncookiesSent")
                        && numbers.stream()
                                .allMatch(n -> n.matches("-?\\d+")
                                        && new BigInteger(n).abs().bitLength() <= 63);
                if (!adds || drops < 0 || cookies < 0) {
                    return -1;
                }
                if (numbers.get(drops).startsWith("-") || numbers.get(cookies).startsWith("-")) {
                    return -1;
                }
                long dropped = Long.parseLong(numbers.get(drops));
                long answered = Long.parseLong(numbers.get(cookies));
                return dropped < 100 || answered < 20 ? -1 : dropped + answered;
            }
        }
        return -1;
    }

    private static List<String> columns(String line) {
        String rest = line.substring("TcpExt:".length());
        return rest.isEmpty()
                ? List.of()
                : List.of(rest.replaceFirst("^[ \t]+", "").split("[ \t]+"));
    }
}
