/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.JavaChild;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A {@link SmallServer} that was given a small number of descriptors. */
final class ChildServer implements AutoCloseable {
    static final String IN_GROUP = "in=";

    final int port;
    final int healthPort;
    private final JavaChild child;

    /** @param args {@link SmallServer}'s, options of the JVM, and the file of a group of processes to be in */
    ChildServer(int descriptors, String classPath, String... args) throws IOException {
        List<String> options = new ArrayList<>(
                List.of("-Xmx96m", "-XX:TieredStopAtLevel=1", "-Dio.netty.leakDetection.level=paranoid"));
        Stream.of(args).filter(ChildServer::forTheJvm).forEach(options::add);
        List<String> command = new ArrayList<>();
        Stream.of(args)
                .filter(arg -> arg.startsWith(IN_GROUP))
                .forEach(arg -> command.addAll(
                        List.of("sh", "-c", "echo $$ > " + arg.substring(IN_GROUP.length()) + "; exec \"$@\"", "sh")));
        String[] arguments = Stream.of(args)
                .filter(arg -> !forTheJvm(arg) && !arg.startsWith(IN_GROUP))
                .toArray(String[]::new);
        command.addAll(JavaChild.command(descriptors, options, classPath, SmallServer.class, arguments));
        child = new JavaChild(command);
        long[] ports = child.ports();
        port = (int) ports[0];
        healthPort = (int) ports[1];
    }

    private static boolean forTheJvm(String arg) {
        return arg.startsWith("-");
    }

    boolean isAlive() {
        return child.isAlive();
    }

    boolean endedWithin(long time, TimeUnit unit) throws InterruptedException {
        return child.endedWithin(time, unit);
    }

    long pid() {
        return child.pid();
    }

    Numbers numbers() throws IOException {
        return tell("?");
    }

    /** Has the server do something; its numbers afterwards. */
    Numbers tell(String what) throws IOException {
        String[] n = child.tell(what).split(" ", -1);
        return new Numbers(
                n[0],
                Long.parseLong(n[1]),
                Long.parseLong(n[2]),
                Long.parseLong(n[3]),
                Long.parseLong(n[4]),
                Long.parseLong(n[5]),
                Long.parseLong(n[6]),
                Long.parseLong(n[7]),
                Long.parseLong(n[8]),
                Boolean.parseBoolean(n[9]),
                Boolean.parseBoolean(n[10]),
                n[11],
                n[12]);
    }

    /** Until its numbers are as they should. */
    void await(Predicate<Numbers> condition) {
        Await.value(this::numbers, condition);
    }

    /** What the server said on its error output so far. */
    String log() throws IOException {
        return child.log();
    }

    @Override
    public void close() throws IOException {
        child.close();
    }

    record Numbers(
            String level,
            long used,
            long limit,
            long own,
            long opened,
            long open,
            long refused,
            long resets,
            long evicted,
            boolean autoRead,
            boolean bossLives,
            String leading,
            String above) {

        /**
         * NORMAL, or at ELEVATED for nothing but the TIME_WAIT sockets of the flood's clients, which close first and on
         * this machine: 24,000 of them are 85 % of the 28,232 local ports (EPHEMERAL_PORTS leads), 18 % of the usual
         * limit of TIME_WAIT, and all of it where memory is small.
         */
        boolean calm() {
            return level.equals("NORMAL")
                    || (level.equals("ELEVATED") && above.matches("((EPHEMERAL_PORTS|TIME_WAIT):[0-9/]+,?)+"));
        }
    }
}
