/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * A directory like {@code /proc}, written from a saved text in the form of {@code sysctl -a} and read by the real
 * reader.
 */
public final class SavedMachine {

    private final Path proc;
    private OptionalLong loopback = OptionalLong.of(0);

    private SavedMachine(Path proc) {
        this.proc = proc;
    }

    /** A server of that kernel with its defaults, 20000 descriptors and nothing going on. */
    public static SavedMachine of(String kernel, Path proc) {
        SavedMachine machine = new SavedMachine(proc);
        machine.with(kernel).limits(20_000, 20_000).sockets(100, 3).counters(0, 0);
        return machine;
    }

    /** Settings of another saved text on top. */
    public SavedMachine with(String name) {
        for (String line : resource(name + ".sysctl").split("\n", -1)) {
            if (!line.isBlank() && !line.startsWith("#")) {
                String[] parts = line.split(" =", -1);
                set(parts[0], parts[1].strip());
            }
        }
        return this;
    }

    public SavedMachine set(String setting, String value) {
        return write("sys/" + setting.replace('.', '/'), value + "\n");
    }

    public SavedMachine without(String setting) {
        try {
            Files.delete(proc.resolve("sys/" + setting.replace('.', '/')));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    public SavedMachine limits(long soft, long hard) {
        return write(
                "self/limits",
                """
                Limit                     Soft Limit           Hard Limit           Units     \n\
                Max cpu time              unlimited            unlimited            seconds   \n\
                Max open files            %-20s %-20s files     \n\
                """
                        .formatted(limit(soft), limit(hard)));
    }

    private static String limit(long descriptors) {
        return descriptors == Long.MAX_VALUE ? "unlimited" : String.valueOf(descriptors);
    }

    public SavedMachine sockets(long timeWait, long orphans) {
        return write(
                "self/net/sockstat",
                "sockets: used 150\nTCP: inuse 5 orphan " + orphans + " tw " + timeWait
                        + " alloc 7 mem 12\nUDP: inuse 2 mem 1\n");
    }

    public SavedMachine counters(long timeWaitOverflows, long listenOverflows) {
        return write(
                "self/net/netstat",
                "TcpExt: SyncookiesSent ListenOverflows ListenDrops TCPTimeWaitOverflow TCPAbortOnMemory\nTcpExt: 0 "
                        + listenOverflows + " " + listenOverflows + " " + timeWaitOverflows + " 0\n");
    }

    public SavedMachine loopbackAddresses(long count) {
        loopback = OptionalLong.of(count);
        return this;
    }

    public SavedMachine write(String file, String text) {
        try {
            Path path = proc.resolve(file);
            Files.createDirectories(path.getParent());
            Files.writeString(path, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    public Machine machine(Listening... listeners) {
        return new MachineReader(proc, () -> loopback).self(List.of(listeners));
    }

    public Finding finding(String setting, Listening... listeners) {
        return Advisor.examine(machine(listeners)).stream()
                .filter(f -> f.setting().equals(setting))
                .findFirst()
                .orElseThrow();
    }

    public Judgement judgement(String setting, Listening... listeners) {
        return finding(setting, listeners).judgement();
    }

    public static String resource(String name) {
        try (InputStream in = SavedMachine.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
