package io.tcpguard.examples.figures;

import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** What one server did over all rounds, and what processor time that took. */
final class RefusalBook {
    private final List<Double> perCpuSecond = new ArrayList<>();
    private Knocks knocks = new Knocks(0, 0, 0, 0);

    /** One round. */
    void ask(Child server, int count, int mostSeconds) throws IOException, InterruptedException {
        double before = server.cpuSeconds();
        Knocks came = Knocks.knock(server.address(), count, mostSeconds);
        knocks = knocks.plus(came);
        // A hundredth is what the kernel's clock can tell.
        perCpuSecond.add(came.refused() / Math.max(0.01, server.cpuSeconds() - before));
    }

    Knocks knocks() {
        return knocks;
    }

    /** Of each round. */
    List<Double> perCpuSecond() {
        return perCpuSecond;
    }

    /** Sits on connections without a word. */
    static void hold(Child server, int count, List<Socket> holders) throws IOException {
        for (int i = 0; i < count; i++) {
            holders.add(
                    new Socket(server.address().getAddress(), server.address().getPort()));
        }
    }
}
