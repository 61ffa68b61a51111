/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The command line: {@code java -jar tcpguard-core-VERSION.jar doctor}. Needs nothing beside this jar. */
public final class Doctor {

    /** Wrong arguments (sysexits.h, EX_USAGE). */
    private static final int USAGE = 64;
    /** Nothing to examine: no such process, or no /proc/sys (sysexits.h, EX_UNAVAILABLE). */
    private static final int UNAVAILABLE = 69;

    private static final String HELP =
            """
            usage: java -jar tcpguard-core-VERSION.jar doctor [--json] [--pid N]

            Examines the kernel settings and limits that decide how many connections a server can take,
            and says which are dangerous, why, and what to do. Changes nothing.

              --pid N     examine the limits, listeners and connections of process N. Without it the limits are
                          those that a JVM started here gets. Run as root or as N's user to see all of it
              --json      for a program
              --help      this text

            exit code: 0 nothing will hurt, 1 something will under load, 2 something is dangerous,
                       64 wrong arguments, 69 no such process or no /proc/sys to read
            """;

    private final PrintStream out;
    private final PrintStream err;

    Doctor(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /**
     * Runs and ends the JVM with the exit code.
     *
     * @param arguments {@code doctor}, then options; {@code doctor --help} lists them
     */
    public static void main(String[] arguments) {
        // UTF-8 whatever the locale: what is quoted may be in any language.
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        int code = new Doctor(out, err).run(List.of(arguments));
        out.flush();
        System.exit(code);
    }

    int run(List<String> arguments) {
        Options options;
        try {
            options = Options.parse(arguments);
        } catch (IllegalArgumentException e) {
            err.println("tcpguard: " + e.getMessage());
            err.print(HELP);
            return USAGE;
        }
        if (options.help()) {
            out.print(HELP);
            return 0;
        }
        return examine(options);
    }

    private int examine(Options options) {
        @Nullable Long pid = options.pid();
        Optional<Machine> found = pid == null ? Optional.of(Machine.self(List.of())) : Machine.process(pid);
        if (found.isEmpty()) {
            err.println("tcpguard: no process " + pid + " here (a container numbers its processes by itself)");
            return UNAVAILABLE;
        }
        Machine machine = found.get();
        if (!machine.readable()) {
            err.println("tcpguard: there is no /proc/sys to read here: not Linux, or hidden");
            return UNAVAILABLE;
        }
        Report report = new Report(machine, Advisor.examine(machine));
        out.print(options.json() ? report.json() : report.text());
        return report.exitCode();
    }

    private record Options(boolean help, boolean json, @Nullable Long pid) {
        static Options parse(List<String> arguments) {
            if (arguments.equals(List.of("--help"))) {
                return new Options(true, false, null);
            }
            if (arguments.isEmpty() || !arguments.get(0).equals("doctor")) {
                throw new IllegalArgumentException("what to do? (expected: doctor)");
            }
            boolean help = false;
            boolean json = false;
            Long pid = null;
            for (int i = 1; i < arguments.size(); i++) {
                switch (arguments.get(i)) {
                    case "--help" -> help = true;
                    case "--json" -> json = true;
                    case "--pid" -> pid = pid(++i < arguments.size() ? arguments.get(i) : "");
                    default ->
                        throw new IllegalArgumentException(
                                arguments.get(i) + " is no option (expected: --json, --pid N, --help)");
                }
            }
            return new Options(help, json, pid);
        }

        private static long pid(String text) {
            if (!text.matches("[1-9]\\d{0,9}")) {
                throw new IllegalArgumentException("--pid " + text + " (expected: the number of a process)");
            }
            return Long.parseLong(text);
        }
    }
}
