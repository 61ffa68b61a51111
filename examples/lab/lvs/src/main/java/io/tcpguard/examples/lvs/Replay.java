/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.lvs;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The door: one run of the load, or the report on all. Called by the script of the same name, not by people. */
public final class Replay {
    private Replay() {}

    /**
     * {@code run DIR TITLE VIP PORT SERVERS LIMIT SECONDS yes|no PID,PID... INCIDENT} or {@code report DIR RUN_DIR...};
     * anything else fails.
     *
     * @throws IOException if a file of the run can't be read or written
     */
    public static void main(String[] args) throws IOException {
        List<String> words = List.of(args);
        if (words.size() == 11 && words.get(0).equals("run")) {
            run(words);
        } else if (words.size() >= 3 && words.get(0).equals("report")) {
            report(words);
        } else {
            System.err.println("replay: " + words + " (expected: run or report and their arguments)");
            System.exit(2);
        }
    }

    private static void run(List<String> words) throws IOException {
        Plan plan = Plan.of(
                Incident.of(words.get(10)),
                Integer.parseInt(words.get(5)),
                Integer.parseInt(words.get(6)),
                Integer.parseInt(words.get(7)));
        List<Path> descriptors = Stream.of(words.get(9).split(",", -1))
                .map(pid -> Path.of("/proc", pid, "fd"))
                .toList();
        Path directory = Path.of(words.get(1));
        InetSocketAddress vip = new InetSocketAddress(words.get(3), Integer.parseInt(words.get(4)));
        Watch watch = new Watch(
                directory, words.get(2), plan, descriptors, words.get(8).equals("yes"));
        watch.go(vip).store(directory);
    }

    private static void report(List<String> words) throws IOException {
        List<Trace> traces = new ArrayList<>();
        for (String directory : words.subList(2, words.size())) {
            traces.add(Trace.load(Path.of(directory)));
        }
        Path out = Path.of(words.get(1));
        String table = Table.markdown(traces);
        Files.writeString(out.resolve("table.md"), table);
        Files.writeString(out.resolve("picture.svg"), new Picture(traces).svg());
        System.out.println();
        System.out.print(table);
        System.out.println();
        System.out.println("replay: the table is in " + out.resolve("table.md") + ", the picture in "
                + out.resolve("picture.svg") + ", everything else in " + out);
    }
}
