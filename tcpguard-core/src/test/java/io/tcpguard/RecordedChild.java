/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard;

import io.tcpguard.spi.GuardedListener;
import io.tcpguard.testkit.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jdk.jfr.Recording;

/** Loses all its descriptors, records that, and gets them back. Child of {@link FlightRecordingTest}. */
final class RecordedChild {
    private RecordedChild() {}

    /**
     * Runs in a JVM of its own.
     *
     * @param args the file to dump to; none: nobody records
     */
    public static void main(String[] args) throws IOException {
        if (args.length == 0) {
            exhaust();
            System.out.println("jfr " + ModuleLayer.boot().findModule("jdk.jfr").isPresent());
            return;
        }
        try (Recording recording = new Recording()) {
            recording.start();
            exhaust();
            recording.stop();
            recording.dump(Path.of(args[0]));
        }
    }

    private static void exhaust() throws IOException {
        List<DatagramChannel> held = new ArrayList<>();
        try (TcpGuard guard = TcpGuard.builder().build().start();
                ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            GuardedListener listener = guard.listen("plain", server.socket().getLocalPort(), () -> true);
            Await.until("loaded what waits, while classes can be", () -> true);
            try {
                while (true) {
                    held.add(DatagramChannel.open());
                }
            } catch (IOException e) {
                // None is left: as intended.
            }
            Await.until("down", () -> {
                listener.accept(null);
                return !guard.snapshot().verdict().up();
            });
            System.out.println("level " + guard.snapshot().level() + " refused "
                    + guard.shed().of(io.tcpguard.state.RefusalCounters.Stage.ACCEPT));
            for (DatagramChannel channel : held) {
                channel.close();
            }
            listener.close();
        }
    }
}
