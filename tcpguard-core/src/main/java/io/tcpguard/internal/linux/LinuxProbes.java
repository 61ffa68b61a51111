package io.tcpguard.internal.linux;

import io.tcpguard.signal.Probe;
import java.util.List;

/** All probes of this machine. Opened once, early; nothing is opened later, except for a listener that is added. */
public final class LinuxProbes implements AutoCloseable {

    private LinuxProbes() {}

    /** Opens what can be opened below {@code /proc}; what can't is a reading that says so. Never throws. */
    public static LinuxProbes open() {
        return new LinuxProbes();
    }

    /** The exact descriptor numbers, for the refusal point. */
    public DescriptorCount descriptors() {
        throw new UnsupportedOperationException("being built");
    }

    /** The probes for every sample, one for each signal: DESCRIPTORS first. */
    public List<Probe> everySample() {
        return List.of();
    }

    /** The probes of the kernel's counters, dearer, for every counter period. */
    public List<Probe> everyCounterPeriod() {
        return List.of();
    }

    /** A probe of the accept queue of the listener of this process that is bound to that port. */
    public Probe acceptQueue(int port) {
        throw new UnsupportedOperationException("being built: " + port);
    }

    @Override
    public void close() {}
}
