/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Every setting: its name in all configuration formats, its range, its default and why, and what it does ({@link
 * #meaning()}).
 *
 * <p>Longer than other classes: a table, a row for each setting.
 */
// The fields are immutable values of several types, which the checker can't see through Object.
@SuppressWarnings("ImmutableEnumChecker")
public enum Setting {
    /**
     * Default true. The kill switch; {@code false} as the system property {@code tcpguard.enabled} or in the
     * environment as {@code TCPGUARD_ENABLED} wins over everything.
     */
    ENABLED(
            "enabled",
            ValueKind.bool(),
            true,
            "false switches the guard off: it opens nothing and admits everybody. Its health port is closed, "
                    + "too, so point the load balancer's check elsewhere first"),
    /**
     * Duration, 1 ms to 1 s, default 20 ms: a burst that fills the last tenth of 1024 descriptors takes longer than
     * that. While nobody comes and every limit is far, it is 500 ms; the first accept ends that.
     */
    SAMPLE_PERIOD(
            "samplePeriod",
            ValueKind.duration(Duration.ofMillis(1), Duration.ofSeconds(1)),
            Duration.ofMillis(20),
            "how often descriptors, accept queues and the executor queue delay are read. 500 ms while "
                    + "nobody comes and every limit is far"),
    /**
     * Duration, 10 ms to 10 s, default 100 ms: counters of the machine are less urgent than those of the process, and
     * the kernel needs 30 µs to write them.
     */
    COUNTER_PERIOD(
            "counterPeriod",
            ValueKind.duration(Duration.ofMillis(10), Duration.ofSeconds(10)),
            Duration.ofMillis(100),
            "how often the counters of the machine and of its network namespace are read. Each reading costs "
                    + "about 0.03 ms"),
    /**
     * Port, default -1 (none), since no default would be free everywhere; 0: any. Without it no load balancer learns
     * the verdict.
     */
    HEALTH_PORT(
            "healthPort",
            ValueKind.integer(-1, 65535),
            -1,
            "port of the health listener. 0: any free port. -1: none, and then no load balancer learns the "
                    + "verdict"),
    /** Host name or address, default 0.0.0.0: load balancers check from other machines. */
    HEALTH_ADDRESS("healthAddress", ValueKind.text(), "0.0.0.0", "address that the health listener binds"),
    /**
     * Count, 1 to 1024, default 8: two load balancers need one each for a moment, and each one takes a descriptor
     * from clients.
     */
    HEALTH_CONNECTIONS(
            "healthConnections",
            ValueKind.integer(1, 1024),
            8,
            "connections that the health port holds at a time. When all are taken, a new one closes an older one"),
    /**
     * Duration, 100 ms to 1 min, default 10 s, longer than the time-outs of usual checks, so that a load balancer
     * that is late is not cut off.
     */
    HEALTH_TIMEOUT(
            "healthTimeout",
            ValueKind.duration(Duration.ofMillis(100), Duration.ofMinutes(1)),
            Duration.ofSeconds(10),
            "longest time that one health connection may take; then it is closed"),
    /** Port, default -1 (none): only some load balancers read it. */
    AGENT_PORT(
            "agentPort",
            ValueKind.integer(-1, 65535),
            -1,
            "port that sends one line and closes, for HAProxy's agent-check and Loadbalancer.org. 0: any "
                    + "free port. -1: none"),
    /** Port, default -1 (none): only for checks that must not take a descriptor. */
    UDP_PORT(
            "udpPort",
            ValueKind.integer(-1, 65535),
            -1,
            "UDP port that answers while health is up and is silent while it is down, for keepalived's "
                    + "UDP_CHECK. 0: any free port. -1: none"),
    /** Default false: a check that reads the answer learns more. */
    CLOSE_HEALTH_WHEN_DOWN(
            "closeHealthWhenDown",
            ValueKind.bool(),
            false,
            "true: the health port refuses connections while health is down, for checks that only connect "
                    + "(TCP_CHECK)"),
    /**
     * Networks, default this machine only: reasons and readings would tell a stranger how near the server is to its
     * limit.
     */
    HEALTH_DETAILS_TO(
            "healthDetailsTo",
            ValueKind.networks(),
            Network.list("127.0.0.0/8,::1/128"),
            "networks (CIDR, comma-separated) that may see reasons and readings. Others see level and weight "
                    + "only"),
    /**
     * Descriptors, 0 to 1,000,000, default 0 (by the limit): for answers to refused clients and for evicted
     * connections that are not closed yet.
     */
    RESERVE(
            "reserve",
            ValueKind.integer(0, 1_000_000),
            0,
            "descriptors kept back at the limit: the admission threshold is the limit minus the "
                    + "reserve. 0: chosen by the limit. That is 16, or 2 % of a limit above 1200 less 8 "
                    + "(2048 at most). Below a limit of 360 it is less: 10 of 256, 1 of 64. Below 60 it is none, and "
                    + "then nobody is refused"),
    /**
     * Connections, 0 to 10,000,000, default 0 (as many as the heap bears): a server without such a setting of its
     * own, such as Netty, would hold more than its memory does where descriptors are many. What is set here stands
     * instead of what memory is thought to bear.
     */
    MAX_CONNECTIONS(
            "maxConnections",
            ValueKind.integer(0, 10_000_000),
            0,
            "connections that the guarded listeners may hold together. 0: one for each 32 KiB of the maximum heap "
                    + "(Tomcat with TLS 96, Netty 8) and for each 16 KiB that a container has beside it, no fewer than "
                    + "1004. The server's own limit, the descriptors, and memory that runs out bound them as well. "
                    + "Connections of stock connectors (NIO2, AJP, those of a WAR's server) count, too, up to half of "
                    + "it, since none of them can be refused or evicted"),
    /**
     * Share of a limit, above 0, at most 1, default .85: early enough to look for idle connections, late enough not
     * to be reached every day.
     */
    ELEVATED_AT(
            "elevatedAt",
            ValueKind.share(),
            0.85,
            "share of a limit at which the level ELEVATED begins. It ends 0.05 lower"),
    /** Duration, 0 to 5 min, default 1 s: longer than the pauses within a burst. */
    DWELL(
            "dwell",
            ValueKind.duration(Duration.ZERO, Duration.ofMinutes(5)),
            Duration.ofSeconds(1),
            "how long a signal must stay below the end of its level, without a break, before that level ends"),
    /**
     * Share of the limit, above 0, at most .9, default .25: with less a server is a burden to its cluster. The cause
     * ends .1 higher.
     */
    MIN_USABLE(
            "minUsable",
            ValueKind.share("0.9"),
            0.25,
            "share of the descriptor limit that must be usable for clients. Health fails if less is "
                    + "usable for drainAfter and something other than guarded connections goes on to take more: "
                    + "a leak. What was opened once and is kept lowers the weight only"),
    /**
     * Duration, 0 to 5 min, default 3 s: log rotation and deployments open many files for a moment. Only for {@link
     * #MIN_USABLE}.
     */
    DRAIN_AFTER(
            "drainAfter",
            ValueKind.duration(Duration.ZERO, Duration.ofMinutes(5)),
            Duration.ofSeconds(3),
            "how long too few descriptors must be usable (minUsable) before health fails. It applies to this "
                    + "cause only: other causes of DRAIN have times of their own"),
    /**
     * Share of the limit, above 0, at most 1, default 1 (never): servers that are full at the same time would all be
     * taken out at once.
     */
    FAIL_HEALTH_AT(
            "failHealthAt",
            ValueKind.share(),
            1.0,
            "share of descriptors in use at which health fails. 1: never. Measured to be worse than no "
                    + "guard, unless some servers are spare"),
    /** Duration, 0 to 10 min, default 0: observed, so that two configurations need not be kept alike. */
    CHECK_INTERVAL(
            "checkInterval",
            ValueKind.duration(Duration.ZERO, Duration.ofMinutes(10)),
            Duration.ZERO,
            "the load balancer's check interval. Hold and ramp are timed by it. 0: as observed on the "
                    + "health port"),
    /** Networks, default none: then anybody who checks regularly is taken for a load balancer. */
    DIRECTORS(
            "directors",
            ValueKind.networks(),
            List.of(),
            "networks (CIDR, comma-separated) of the load balancers that check. Hold and ramp follow the "
                    + "interval of these only, and only these are taken for LVS (resetBudget)"),
    /** Duration, 1 s to 1 day, default 10 min: a wrong judgement must not keep a server out for ever. */
    MAX_DOWN(
            "maxDown",
            ValueKind.duration(Duration.ofSeconds(1), Duration.ofDays(1)),
            Duration.ofMinutes(10),
            "longest time that health fails for one cause that is judged from signals. After it "
                    + "health is up again, once, and the log says so"),
    /** Count, 1 to 1000, default 3: more than that in ten minutes is flapping. */
    MAX_FLIPS(
            "maxFlips",
            ValueKind.integer(1, 1000),
            3,
            "how often health may fail in ten minutes. After that each further return to service is "
                    + "held twice as long"),
    /** Default true: a full server whose idle clients keep their slots serves nobody new. */
    RECLAIM(
            "reclaim",
            ValueKind.bool(),
            true,
            "true: at the admission threshold a new connection may evict one that has been idle for long"),
    /** Duration, 0 to 24 h, default 0 (learned): a value below the pauses of healthy clients would cut users off. */
    IDLE_FLOOR(
            "idleFloor",
            ValueKind.duration(Duration.ZERO, Duration.ofHours(24)),
            Duration.ZERO,
            "minimum idle time: no connection idle for less is evicted. 0: learned from how long healthy "
                    + "clients pause; 10 s until learned"),
    /**
     * Duration, 100 ms to 1 h, default 2 s, and less once learned: a client that wants something sends it within a few
     * round trips.
     */
    SILENT_FLOOR(
            "silentFloor",
            ValueKind.duration(Duration.ofMillis(100), Duration.ofHours(1)),
            Duration.ofSeconds(2),
            "minimum idle time of a connection that has never sent a byte (on Tomcat bytes of a TLS "
                    + "handshake do not count). If not set, it is 2 s until it is known how soon healthy "
                    + "clients send theirs, and then twice that: at least half a second, at most 2 s. On Tomcat "
                    + "it is also how long a request thread may wait for its client while threads are scarce"),
    /** Count, 0 to 1,000,000, default 0 (by the limit): bounds the harm if the minimum idle time is wrong. */
    EVICTIONS_PER_SECOND(
            "evictionsPerSecond",
            ValueKind.integer(0, 1_000_000),
            0,
            "most evictions in a second. 0: 100 for each 1000 descriptors of the limit, at least 20"),
    /**
     * Duration, 0 to 30 s, default 4.5 s; never more than half of {@link #STALLED_AFTER}, or a waiting acceptor would
     * look dead; 300 ms at most while clients of {@link #ALLOW} come, which wait in the same queue.
     */
    QUEUE_WAIT(
            "queueWait",
            ValueKind.duration(Duration.ZERO, Duration.ofSeconds(30)),
            Duration.ofMillis(4500),
            "longest time that a new connection waits in the accept queue for a slot; then it is "
                    + "refused. 0: refused at once. The default stays under the five seconds that clients "
                    + "commonly wait. It shrinks by itself where clients give up earlier"),
    /**
     * Count, -1 to 1,000,000, default -1 (by the limit): about 130 make wlc turn to other servers at 1024, and the
     * director keeps each for a quarter of an hour.
     */
    RESET_BUDGET(
            "resetBudget",
            ValueKind.integer(-1, 1_000_000),
            -1,
            "most refusals in a quarter of an hour, of all causes, that are resets. Later ones are "
                    + "answered 503. LVS's wlc counts a reset as an active connection and turns to other "
                    + "servers. -1: a quarter of the limit, at most a fifth of the connections held, and only "
                    + "where LVS is seen to check. None with behindProxy"),
    /** Default true: an address is the only thing that tells clients apart before they send anything. */
    FAIRNESS(
            "fairness",
            ValueKind.bool(),
            true,
            "true: at the admission threshold a source (an IPv4 address, an IPv6 /64) that holds more "
                    + "than twice its equal share is refused first. Switch it off behind a proxy that hides "
                    + "client addresses"),
    /**
     * Default false. True: all connections come from a few addresses, and a proxy takes a reset for a broken server.
     */
    BEHIND_PROXY(
            "behindProxy",
            ValueKind.bool(),
            false,
            "true: clients come through a layer-7 proxy. New connections are refused by 503, or by an orderly "
                    + "close where no 503 can be sent (TLS); never by a reset, and not by their address"),
    /**
     * Networks, default none: for clients that must get in, such as checks on the main port. They can't take the last
     * descriptors either. While such clients come, no connection waits for longer than 300 ms in the accept queue,
     * since they would wait behind it.
     */
    ALLOW(
            "allow",
            ValueKind.networks(),
            List.of(),
            "networks (CIDR, comma-separated) of checks and operators that are let in beyond the admission "
                    + "threshold. They are refused only when the last descriptors would be used"),
    /** Duration, 10 ms to 10 min, default 500 ms: clients that wait longer for a thread soon ask a second time. */
    MAX_WORK_DELAY(
            "maxWorkDelay",
            ValueKind.duration(Duration.ofMillis(10), Duration.ofMinutes(10)),
            Duration.ofMillis(500),
            "executor queue delay (how long work waits for a thread) from which new connections wait "
                    + "in the accept queue, for queueWait at most"),
    /**
     * Duration, 100 ms to 1 h, default 10 s: longer than clients wait, so no client is served any more. From 1 s, and
     * no less than {@link #MAX_WORK_DELAY}.
     */
    STALLED_AFTER(
            "stalledAfter",
            ValueKind.duration(Duration.ofMillis(100), Duration.ofHours(1)),
            Duration.ofSeconds(10),
            "health fails when work waits for a thread for so long, or when connections wait and none "
                    + "is accepted for so long"),
    /**
     * Duration, 0 to 1 h, default 0 (no wait): the check interval × (retries + 1) is enough. It has no effect where
     * tcpguard is not told of the server's stop.
     */
    NOTICE(
            "notice",
            ValueKind.duration(Duration.ZERO, Duration.ofHours(1)),
            Duration.ZERO,
            "how long health is down before the server begins to stop, so that load balancers see it "
                    + "first (server.xml, WAR, Spring Boot)"),
    /** Duration, 0 to 1 h, default 0: what ends the process must be ready to wait for this long and {@link #NOTICE}. */
    FINISH(
            "finish",
            ValueKind.duration(Duration.ZERO, Duration.ofHours(1)),
            Duration.ZERO,
            "longest time after the notice that requests in progress and connections get to end "
                    + "(server.xml, Spring Boot)"),
    /**
     * Text, default off: who wants it names the domain. {@code server.xml}: that of the server, {@code Catalina}, where
     * Tomcat's own are.
     */
    JMX_DOMAIN(
            "jmxDomain",
            ValueKind.domain(),
            "off",
            "JMX domain in which the guard is registered, as DOMAIN:type=TcpGuard. off: not registered. In "
                    + "server.xml the default is the server's own domain, Catalina");

    /** Of {@link #JMX_DOMAIN}: not registered. */
    public static final String OFF = "off";

    /** Of {@link #RESET_BUDGET}: by the limit. */
    public static final int BY_THE_LIMIT = -1;

    private final String key;
    private final ValueKind kind;
    private final Object byDefault;
    private final String meaning;

    Setting(String key, ValueKind kind, Object byDefault, String meaning) {
        this.key = key;
        this.kind = kind;
        this.byDefault = byDefault;
        this.meaning = meaning;
    }

    /** Its name in all configuration formats, in lower camel case. */
    public String key() {
        return key;
    }

    /** Its default, of the type that {@link #parse} returns. */
    public Object byDefault() {
        return byDefault;
    }

    /** What it does, in a line. */
    public String meaning() {
        return meaning;
    }

    /** What is allowed, in words. */
    public String allowed() {
        return kind.allowed();
    }

    /**
     * The setting of that name.
     *
     * @throws IllegalArgumentException naming the nearest settings, if there is none
     */
    public static Setting named(String key) {
        Optional<Setting> found =
                Arrays.stream(values()).filter(s -> s.key.equals(key)).findFirst();
        return found.orElseThrow(() -> new IllegalArgumentException("There is no setting " + key + " (expected one of "
                + Arrays.stream(values()).map(Setting::key).collect(Collectors.joining(", ")) + ")"));
    }

    /**
     * The values of these texts, by the names of their settings. Where the guard is {@linkplain #ENABLED switched off},
     * by them or by the process, nothing else is read: the switch helps also against texts that are wrong.
     *
     * @throws IllegalArgumentException naming each one that is wrong, with its value and what is allowed
     */
    public static Map<Setting, Object> parse(Map<String, String> texts) {
        if (GuardConfig.isSwitchedOff()
                || texts.getOrDefault(ENABLED.key, "").strip().equalsIgnoreCase("false")) {
            return Map.of(ENABLED, false);
        }
        Map<Setting, Object> values = new EnumMap<>(Setting.class);
        List<String> wrong = new ArrayList<>();
        texts.forEach((name, text) -> {
            try {
                Setting setting = named(name);
                values.put(setting, setting.parse(text));
            } catch (IllegalArgumentException e) {
                wrong.add(e.getMessage());
            }
        });
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", wrong));
        }
        return values;
    }

    /**
     * Its value from text: {@code 20ms}, {@code 1.5s}, {@code 0.85}, {@code true}, {@code 10.0.0.0/8}.
     *
     * @throws IllegalArgumentException naming setting, value and what is allowed
     */
    public Object parse(String text) {
        return check(kind.parse(text.strip()), text);
    }

    /**
     * The value itself, if it is allowed.
     *
     * @throws IllegalArgumentException naming setting, value and what is allowed
     */
    public Object check(Object value) {
        return check(kind.accept(value), value);
    }

    private Object check(Optional<Object> value, Object given) {
        return value.orElseThrow(
                () -> new IllegalArgumentException(key + "=" + given + " (expected: " + kind.allowed() + ")"));
    }
}
