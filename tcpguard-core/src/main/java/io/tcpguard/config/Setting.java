package io.tcpguard.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Every setting: its name in all configuration formats, range, default and why, and what it does ({@link #meaning()}). */
// The fields are immutable values of several types, which the checker can't see through Object.
@SuppressWarnings("ImmutableEnumChecker")
public enum Setting {
    /**
     * Default true. The kill switch; {@code false} as the system property {@code tcpguard.enabled} or in the environment as
     * {@code TCPGUARD_ENABLED} wins over everything.
     */
    ENABLED(
            "enabled",
            Kind.bool(),
            true,
            "false: the guard does nothing, opens nothing and admits everybody. Its health port is closed, too: check another first"),
    /** Duration, 1 ms to 1 s, default 20 ms: a burst that fills the last tenth of 1024 descriptors takes longer than that. */
    SAMPLE_PERIOD(
            "samplePeriod",
            Kind.duration(Duration.ofMillis(1), Duration.ofSeconds(1)),
            Duration.ofMillis(20),
            "how often descriptors, accept queues and the age of waiting work are read"),
    /**
     * Duration, 10 ms to 10 s, default 100 ms: what is the machine's hurries less than what is the process's, and the kernel needs 30 µs
     * to write its counters.
     */
    COUNTER_PERIOD(
            "counterPeriod",
            Kind.duration(Duration.ofMillis(10), Duration.ofSeconds(10)),
            Duration.ofMillis(100),
            "how often what is the machine's or the network namespace's is read: the kernel's counters take 30 µs each time"),
    /** Port, default -1 (none), since nobody can know which one is free; 0: any. Without it no load balancer hears the verdict. */
    HEALTH_PORT(
            "healthPort",
            Kind.integer(-1, 65535),
            -1,
            "port of the health listener; 0: any free one; -1: none (give one: the verdict stops the cascade)"),
    /** Host name or address, default 0.0.0.0: directors come from outside. */
    HEALTH_ADDRESS("healthAddress", Kind.text(), "0.0.0.0", "address that the health listener binds"),
    /** Count, 1 to 1024, default 8: two directors need one each for a moment, and each one costs clients a descriptor. */
    HEALTH_CONNECTIONS(
            "healthConnections",
            Kind.integer(1, 1024),
            8,
            "connections that the health listener holds at a time; the oldest gives way to a newcomer"),
    /** Duration, 100 ms to 1 min, default 10 s, longer than the time-outs of usual checks: a director that is late gives up by itself. */
    HEALTH_TIMEOUT(
            "healthTimeout",
            Kind.duration(Duration.ofMillis(100), Duration.ofMinutes(1)),
            Duration.ofSeconds(10),
            "time that one health connection may take in all"),
    /** Port, default -1 (none): only some load balancers read it. */
    AGENT_PORT(
            "agentPort",
            Kind.integer(-1, 65535),
            -1,
            "port that says its line at once, for HAProxy's agent-check and Loadbalancer.org; 0: any free one; -1: none"),
    /** Port, default -1 (none): only for checks that can spend no descriptor at all. */
    UDP_PORT(
            "udpPort",
            Kind.integer(-1, 65535),
            -1,
            "UDP port that answers while up and is silent while down, for keepalived's UDP_CHECK; 0: any free one; -1: none"),
    /** Default false: a check that reads the answer learns more from it. */
    CLOSE_HEALTH_WHEN_DOWN(
            "closeHealthWhenDown",
            Kind.bool(),
            false,
            "whether the health port refuses connections while down, for checks that only connect (TCP_CHECK)"),
    /** Networks, default this machine only: reasons and readings tell a stranger how near the server is to its limit. */
    HEALTH_DETAILS_TO(
            "healthDetailsTo",
            Kind.networks(),
            Network.list("127.0.0.0/8,::1/128"),
            "networks (CIDR, comma-separated) that may see reasons and readings; others get level and weight"),
    /**
     * Descriptors, 0 to 1,000,000, default 0 (by the limit): room for answers to the refused and for evicted connections that are not closed
     * yet.
     */
    RESERVE(
            "reserve",
            Kind.integer(0, 1_000_000),
            0,
            "descriptors kept back at the limit; 0: 20, of more than a thousand 2 % of the limit but 2048 at most, of less than 440 fewer: 10 of 256, 1 of 64, of less than 60 none, and then nobody is refused"),
    /** Share of a limit, above 0, at most 1, default .85: early enough to look for the idle, late enough not to be met every day. */
    TRIM_AT("trimAt", Kind.share(), 0.85, "share of a limit at which TRIM begins; it ends .05 below"),
    /** Duration, 0 to 5 min, default 1 s: longer than a burst pauses. */
    DWELL(
            "dwell",
            Kind.duration(Duration.ZERO, Duration.ofMinutes(5)),
            Duration.ofSeconds(1),
            "time without a break that a signal must stay below its leave point before its level ends"),
    /** Share of the limit, above 0, at most .9, default .25: with less a server is a burden to its cluster. It is over .1 above. */
    MIN_USABLE(
            "minUsable",
            Kind.share("0.9"),
            0.25,
            "share of the limit that must be usable for clients; below it health fails: a leak, not a flood"),
    /** Duration, 0 to 5 min, default 3 s: log rotation and deployments open many files for a moment. */
    DRAIN_AFTER(
            "drainAfter",
            Kind.duration(Duration.ZERO, Duration.ofMinutes(5)),
            Duration.ofSeconds(3),
            "time without a break that a cause of DRAIN must last before health fails"),
    /** Share of the limit, above 0, at most 1, default 1 (never): servers that are full at the same time would all be taken out. */
    FAIL_HEALTH_AT(
            "failHealthAt",
            Kind.share(),
            1.0,
            "descriptor pressure at which health fails; 1: never. Measured to be worse than no guard unless servers are spare"),
    /** Duration, 0 to 10 min, default 0: observed, so that nobody has to keep two configurations alike. */
    CHECK_INTERVAL(
            "checkInterval",
            Kind.duration(Duration.ZERO, Duration.ofMinutes(10)),
            Duration.ZERO,
            "the load balancer's check interval, for hold and ramp; 0: as observed on the health port"),
    /** Networks, default none: then anybody who checks steadily is taken for a director. */
    DIRECTORS(
            "directors",
            Kind.networks(),
            List.of(),
            "networks (CIDR, comma-separated) of the load balancers that check: hold and ramp follow the interval of these only"),
    /** Duration, 1 s to 1 day, default 10 min: a judgement that is wrong must not keep a server out for ever. */
    MAX_DOWN(
            "maxDown",
            Kind.duration(Duration.ofSeconds(1), Duration.ofDays(1)),
            Duration.ofMinutes(10),
            "longest time that health fails for one automatic cause; then the guard fails open, once, and says so"),
    /** Count, 1 to 1000, default 3: more than that in ten minutes is flapping. */
    MAX_FLIPS(
            "maxFlips",
            Kind.integer(1, 1000),
            3,
            "times that health may fail in ten minutes by itself; each further return is held twice as long"),
    /** Default true: a full server whose idle clients keep their places serves nobody new. */
    RECLAIM("reclaim", Kind.bool(), true, "whether a newcomer may take the place of a long-idle connection"),
    /** Duration, 0 to 24 h, default 0 (learned): a floor below the honest gap cuts users and helps nobody. */
    IDLE_FLOOR(
            "idleFloor",
            Kind.duration(Duration.ZERO, Duration.ofHours(24)),
            Duration.ZERO,
            "no connection idle for less is evicted; 0: learned from the gaps of healthy ones, 10 s until learned"),
    /** Duration, 100 ms to 1 h, default 2 s: an honest client speaks within a few round trips. */
    SILENT_FLOOR(
            "silentFloor",
            Kind.duration(Duration.ofMillis(100), Duration.ofHours(1)),
            Duration.ofSeconds(2),
            "idle floor of a connection that has never sent a byte, in Tomcat none but of a TLS handshake; there also of a thread's wait for its client while threads are short"),
    /** Count, 0 to 1,000,000, default 0 (by the limit): bounds the harm if the floor is wrong. */
    EVICTIONS_PER_SECOND(
            "evictionsPerSecond",
            Kind.integer(0, 1_000_000),
            0,
            "most evictions in a second; 0: 100 for each 1000 descriptors of the limit, at least 20"),
    /**
     * Duration, 0 to 30 s, default 4.5 s; never more than half of {@link #STALLED_AFTER}, or a waiting acceptor would look dead; 300 ms at
     * most while clients of {@link #ALLOW} come, who wait in the same queue.
     */
    QUEUE_WAIT(
            "queueWait",
            Kind.duration(Duration.ZERO, Duration.ofSeconds(30)),
            Duration.ofMillis(4500),
            "longest time that newcomers wait in the accept queue for a place: under the five seconds that clients commonly wait for an answer; shorter by itself where clients give up earlier; 0: refuse at once"),
    /** Count, -1 to 1,000,000, default -1: about 130 make wlc look elsewhere at 1024, and each stays with the director for a quarter of an hour. */
    RESET_BUDGET(
            "resetBudget",
            Kind.integer(-1, 1_000_000),
            -1,
            "refusals by reset in a quarter of an hour, of all causes, before answering 503: back-pressure that LVS's wlc understands; -1: a quarter of the limit, at most half of the connections held, only where LVS is seen to check; never with behindProxy"),
    /** Default true: the only way to tell clients apart before they speak. */
    FAIRNESS(
            "fairness",
            Kind.bool(),
            true,
            "at the refusal point, sources that hold more than twice their share give way; switch off behind a proxy"),
    /** Default false. True: all connections come from one address, and a reset would be taken for a broken server. */
    BEHIND_PROXY(
            "behindProxy",
            Kind.bool(),
            false,
            "clients come through a layer-7 proxy: refuse by 503 only, and no fairness by address"),
    /**
     * Networks, default none: whoever must always come in, such as a check on the main port. Not beyond the last descriptors, which nobody
     * may take; and while such clients come, nobody waits for longer than 300 ms in the accept queue, since they would wait behind.
     */
    ALLOW(
            "allow",
            Kind.networks(),
            List.of(),
            "networks (CIDR, comma-separated) that are never refused: directors, admins"),
    /** Duration, 10 ms to 10 min, default 500 ms: a client that waits that long for a thread soon comes again. */
    MAX_WORK_DELAY(
            "maxWorkDelay",
            Kind.duration(Duration.ofMillis(10), Duration.ofMinutes(10)),
            Duration.ofMillis(500),
            "age of waiting work at which new connections are refused"),
    /** Duration, 100 ms to 1 h, default 10 s: longer than clients wait, so nobody is served any more. From 1 s, and no less than {@link #MAX_WORK_DELAY}. */
    STALLED_AFTER(
            "stalledAfter",
            Kind.duration(Duration.ofMillis(100), Duration.ofHours(1)),
            Duration.ofSeconds(10),
            "age of waiting work, or time without an accept on a full queue, at which health fails"),
    /** Duration, 0 to 1 h, default 0 (nobody waits): the check interval × (retries + 1) is enough. Where the server's stop is not tcpguard's to see, it has no effect. */
    NOTICE(
            "notice",
            Kind.duration(Duration.ZERO, Duration.ofHours(1)),
            Duration.ZERO,
            "how long health is down before the server begins to stop (server.xml, WAR, Spring Boot)"),
    /** Duration, 0 to 1 h, default 0: whoever ends the process must be ready to wait as long as this and {@link #NOTICE}. */
    FINISH(
            "finish",
            Kind.duration(Duration.ZERO, Duration.ofHours(1)),
            Duration.ZERO,
            "longest time to wait after the notice for requests in progress and for connections to end (server.xml, Spring Boot)");

    /** Of {@link #RESET_BUDGET}: by the limit. */
    public static final int BY_THE_LIMIT = -1;

    private final String key;
    private final Kind kind;
    private final Object byDefault;
    private final String meaning;

    Setting(String key, Kind kind, Object byDefault, String meaning) {
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
     * The values of these texts, by the names of their settings.
     *
     * @throws IllegalArgumentException naming each one that is wrong, with its value and what is allowed
     */
    public static Map<Setting, Object> parse(Map<String, String> texts) {
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
