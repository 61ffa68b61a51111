package io.tcpguard.advisor;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@link KernelCounter}s from a file that is opened once: at the moment that is worth recording no descriptor may be left to open
 * it. For one thread at a time. What can't be read is missing from the map, never an exception.
 */
public final class KernelCounters implements Supplier<Map<KernelCounter, Long>>, AutoCloseable {

    private static final int BUFFER = 32 * 1024;

    private final @Nullable RandomAccessFile file;
    private final byte[] buffer = new byte[BUFFER];

    private KernelCounters(@Nullable RandomAccessFile file) {
        this.file = file;
    }

    /** Opens {@code /proc/self/net/netstat}; without one, the counters are simply not known. */
    public static KernelCounters open() {
        return open(Path.of("/proc/self/net/netstat"));
    }

    static KernelCounters open(Path path) {
        try {
            return new KernelCounters(new RandomAccessFile(path.toFile(), "r"));
        } catch (IOException absent) {
            return new KernelCounters(null);
        }
    }

    /** The counters in a text as {@code netstat} has it, for who has read it anyway; without those that are not there. */
    public static Map<KernelCounter, Long> in(String netstat) {
        Map<KernelCounter, Long> counts = new EnumMap<>(KernelCounter.class);
        CounterTable table = CounterTable.parse(netstat);
        for (KernelCounter counter : KernelCounter.values()) {
            table.of(counter.kernelName()).ifPresent(n -> counts.put(counter, n));
        }
        return counts;
    }

    @Override
    public Map<KernelCounter, Long> get() {
        if (file == null) {
            return Map.of();
        }
        try {
            return in(read(file));
        } catch (IOException closedOrHidden) {
            return Map.of();
        }
    }

    private String read(RandomAccessFile open) throws IOException {
        open.seek(0);
        int length = 0;
        int n;
        while (length < buffer.length && (n = open.read(buffer, length, buffer.length - length)) > 0) {
            length += n;
        }
        return new String(buffer, 0, length, StandardCharsets.US_ASCII);
    }

    @Override
    public void close() {
        if (file != null) {
            try {
                file.close();
            } catch (IOException nothingWasWritten) {
                // Closing a file that was only read loses nothing.
            }
        }
    }
}
