/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.loginserver;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The command line, understood.
 *
 * @param server what answers
 * @param port main port; 0: any free one
 * @param healthPort port of the health answers; 0: any free one; -1: none
 * @param maxConnections as many as the main port may hold; 0: as the server's default is
 * @param slowPort another port, whose logins take a minute; -1: none. Tomcat only
 * @param descriptorsMore opened for each connection and closed with it, as a gateway does. Netty only
 * @param notice how long health is DOWN before a stop, in seconds; the guard's
 * @param finish how long requests in progress are waited for after that, in seconds; the guard's
 * @param guard whether the guard is on
 * @param work how long a login or heartbeat waits
 * @param leak descriptors leaked on purpose
 * @param settings settings of the guard by name, as given
 */
record Options(
        Kind server,
        int port,
        int healthPort,
        int maxConnections,
        int slowPort,
        int descriptorsMore,
        int notice,
        int finish,
        boolean guard,
        WorkPlan work,
        LeakPlan leak,
        Map<String, String> settings) {

    enum Kind {
        TOMCAT,
        NETTY
    }

    static final String USAGE =
            """
            usage: java -jar login-server.jar [options]
              --server tomcat|netty   what answers (default tomcat)
              --port N                main port, 0: any free one (default 8080)
              --health-port N         port of the health answers, 0: any free one (default: none)
              --max-connections N     most connections of the main port, 0: the server's default; stock Netty has no such
                                      limit (default 0)
              --slow-port N           another port, of 20 threads, whose logins take a minute; Tomcat only (default: none)
              --descriptors-more N    descriptors for each connection beside its own, 0 to 16, as a gateway has; Netty
                                      only (default 0)
              --notice S              health is DOWN for S seconds before it stops, 0 to 60; guarded only (default 0)
              --finish S              and requests in progress are waited for, 0 to 60 (default 0)
              --guard on|off          protect it (default on)
              --work-ms N             how long a login waits, 0 to 60000 (default 10)
              --slow-work-ms N        how long while the work is slow, 0 to 60000 (default 0)
              --slow-at S             slow from second S after the start (default: never)
              --slow-until S          until second S (default: for good)
              --slow-every S          and again, for as long, S seconds after each beginning (default: never)
              --leak N                leak N descriptors a second, 0 to 10000 (default 0)
              --leak-at S             from second S after the start (default 0)
              --leak-until S          until second S; then all leaked ones are closed (default: never)
              --set NAME=VALUE        a setting of the guard; may be repeated
            paths: / is a login or heartbeat; /health says whether clients should come""";

    Options {
        settings = Map.copyOf(settings);
    }

    /** @throws IllegalArgumentException naming the option, its value and what is allowed */
    static Options parse(List<String> args) {
        Kind server = Kind.TOMCAT;
        int port = 8080;
        int healthPort = -1;
        int maxConnections = 0;
        int slowPort = -1;
        int descriptorsMore = 0;
        int notice = 0;
        int finish = 0;
        boolean guard = true;
        int workMillis = 10;
        int slowMillis = 0;
        int slowAt = WorkPlan.NEVER;
        int slowUntil = WorkPlan.NEVER;
        int slowEvery = WorkPlan.NEVER;
        int perSecond = 0;
        int leakAt = 0;
        int leakUntil = LeakPlan.NEVER;
        Map<String, String> settings = new LinkedHashMap<>();
        for (int i = 0; i < args.size(); i += 2) {
            String name = args.get(i);
            if (i + 1 == args.size()) {
                throw new IllegalArgumentException(name + " (expected: an option and its value)");
            }
            String value = args.get(i + 1);
            switch (name) {
                case "--server" -> server = oneOf(name, value, "tomcat", "netty") ? Kind.TOMCAT : Kind.NETTY;
                case "--port" -> port = number(name, value, 65535);
                case "--health-port" -> healthPort = number(name, value, 65535);
                case "--max-connections" -> maxConnections = number(name, value, 1_000_000);
                case "--slow-port" -> slowPort = number(name, value, 65535);
                case "--descriptors-more" -> descriptorsMore = number(name, value, 16);
                case "--notice" -> notice = number(name, value, 60);
                case "--finish" -> finish = number(name, value, 60);
                case "--guard" -> guard = oneOf(name, value, "on", "off");
                case "--work-ms" -> workMillis = number(name, value, 60_000);
                case "--slow-work-ms" -> slowMillis = number(name, value, 60_000);
                case "--slow-at" -> slowAt = number(name, value, 1_000_000);
                case "--slow-until" -> slowUntil = number(name, value, 1_000_000);
                case "--slow-every" -> slowEvery = number(name, value, 1_000_000);
                case "--leak" -> perSecond = number(name, value, 10_000);
                case "--leak-at" -> leakAt = number(name, value, 1_000_000);
                case "--leak-until" -> leakUntil = number(name, value, 1_000_000);
                case "--set" -> addSetting(settings, value);
                default -> throw new IllegalArgumentException("there is no option " + name);
            }
        }
        if (port != 0 && port == healthPort) {
            throw new IllegalArgumentException("--health-port " + healthPort + " (expected: another port than --port)");
        }
        if (slowPort >= 0 && server != Kind.TOMCAT) {
            throw new IllegalArgumentException("--slow-port " + slowPort + " (expected: with --server tomcat)");
        }
        if (descriptorsMore > 0 && server != Kind.NETTY) {
            throw new IllegalArgumentException(
                    "--descriptors-more " + descriptorsMore + " (expected: with --server netty)");
        }
        if (slowUntil < slowAt) {
            throw new IllegalArgumentException("--slow-until " + slowUntil + " (expected: --slow-at or later)");
        }
        if (slowEvery < slowUntil - slowAt) {
            throw new IllegalArgumentException(
                    "--slow-every " + slowEvery + " (expected: no less than from --slow-at to --slow-until)");
        }
        if (leakUntil < leakAt) {
            throw new IllegalArgumentException("--leak-until " + leakUntil + " (expected: --leak-at or later)");
        }
        return new Options(
                server,
                port,
                healthPort,
                maxConnections,
                slowPort,
                descriptorsMore,
                notice,
                finish,
                guard,
                new WorkPlan(workMillis, slowMillis, slowAt, slowUntil, slowEvery),
                new LeakPlan(perSecond, leakAt, leakUntil),
                settings);
    }

    /** Whether a stop is told beforehand. */
    boolean drains() {
        return notice > 0 || finish > 0;
    }

    /** True for the first of two words. */
    private static boolean oneOf(String name, String value, String first, String second) {
        if (!value.equals(first) && !value.equals(second)) {
            throw new IllegalArgumentException(name + " " + value + " (expected: " + first + " or " + second + ")");
        }
        return value.equals(first);
    }

    private static int number(String name, String value, int most) {
        if (!value.matches("[0-9]{1,7}") || Integer.parseInt(value) > most) {
            throw new IllegalArgumentException(
                    name + " " + value + " (expected: a whole number from 0 to " + most + ")");
        }
        return Integer.parseInt(value);
    }

    private static void addSetting(Map<String, String> settings, String value) {
        int equals = value.indexOf('=');
        if (equals < 1) {
            throw new IllegalArgumentException("--set " + value + " (expected: NAME=VALUE)");
        }
        settings.put(value.substring(0, equals), value.substring(equals + 1));
    }
}
