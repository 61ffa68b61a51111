/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.figures;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Servers side by side; none outlives this. */
final class Children implements AutoCloseable {
    private final List<Child> all = new ArrayList<>();
    private final Path directory;
    private final Transport transport;

    /** @param directory where they run and log */
    Children(Path directory) {
        this(directory, Transport.NIO);
    }

    /** @param transport of those that have several */
    Children(Path directory, Transport transport) {
        this.directory = directory;
        this.transport = transport;
    }

    /** Starts one; see {@link Child#launch}. */
    Child launch(Contestant contestant, int descriptors, int connections, int workMillis) throws IOException {
        Child child = Child.launch(contestant, transport, descriptors, connections, workMillis, directory);
        all.add(child);
        return child;
    }

    /** Waits until all serve. */
    void awaitReady() throws IOException {
        for (Child child : all) {
            child.awaitReady();
        }
    }

    @Override
    public void close() {
        all.forEach(Child::close);
    }
}
