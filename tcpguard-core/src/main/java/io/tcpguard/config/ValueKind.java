/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.config;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A type of setting: how it is written and which values are allowed.
 *
 * @param allowed in words
 * @param parser from text; empty if it does not parse or is out of range
 * @param acceptor from a value; empty likewise
 */
record ValueKind(
        String allowed, Function<String, Optional<Object>> parser, Function<Object, Optional<Object>> acceptor) {

    private static final Pattern DURATION =
            Pattern.compile("([0-9]{1,9}(?:\\.[0-9]{1,6})?)\\s*(ns|us|ms|s|m|min|h|d)?", Pattern.CASE_INSENSITIVE);

    Optional<Object> parse(String text) {
        return parser.apply(text);
    }

    Optional<Object> accept(Object value) {
        return acceptor.apply(value);
    }

    static ValueKind duration(Duration least, Duration most) {
        Function<Object, Optional<Object>> accept =
                v -> v instanceof Duration d && d.compareTo(least) >= 0 && d.compareTo(most) <= 0
                        ? Optional.of(d)
                        : Optional.empty();
        return new ValueKind(
                "a duration from " + text(least) + " to " + text(most)
                        + ", such as 500ms, 2s, 5m, PT2S, or milliseconds",
                t -> parseDuration(t).flatMap(accept),
                accept);
    }

    static ValueKind integer(int least, int most) {
        Function<Object, Optional<Object>> accept =
                v -> v instanceof Integer i && i >= least && i <= most ? Optional.of(i) : Optional.empty();
        return new ValueKind(
                "a whole number from " + least + " to " + most,
                t -> t.matches("-?[0-9]{1,9}") ? accept.apply(Integer.valueOf(t)) : Optional.empty(),
                accept);
    }

    static ValueKind share() {
        return share("1");
    }

    static ValueKind share(String most) {
        double limit = Double.parseDouble(most);
        Function<Object, Optional<Object>> accept =
                v -> v instanceof Double d && d > 0 && d <= limit ? Optional.of(d) : Optional.empty();
        return new ValueKind(
                "a number above 0, at most " + most,
                t -> t.matches("[0-9]{0,3}\\.?[0-9]{1,9}") ? accept.apply(Double.valueOf(t)) : Optional.empty(),
                accept);
    }

    static ValueKind bool() {
        return new ValueKind(
                "true or false",
                t -> t.equalsIgnoreCase("true") || t.equalsIgnoreCase("false")
                        ? Optional.of(t.equalsIgnoreCase("true"))
                        : Optional.empty(),
                v -> v instanceof Boolean ? Optional.of(v) : Optional.empty());
    }

    static ValueKind text() {
        Function<Object, Optional<Object>> accept =
                v -> v instanceof String s && !s.isBlank() ? Optional.of(s) : Optional.empty();
        return new ValueKind("a text that is not blank", accept::apply, accept);
    }

    /** Without what has a meaning in an ObjectName. */
    static ValueKind domain() {
        Function<Object, Optional<Object>> accept =
                v -> v instanceof String s && s.matches("[A-Za-z0-9._-]{1,100}") ? Optional.of(s) : Optional.empty();
        return new ValueKind("a name of letters, digits, dots, hyphens and underscores", accept::apply, accept);
    }

    static ValueKind networks() {
        return new ValueKind(
                "networks such as 10.0.0.0/8 or 2001:db8::/32, separated by commas; literal addresses, no names",
                Network::tryList,
                v -> v instanceof List<?> l && l.stream().allMatch(Network.class::isInstance)
                        ? Optional.of(List.copyOf(l))
                        : Optional.empty());
    }

    /**
     * A number with a unit, ISO 8601, or a bare number: milliseconds, as in Tomcat's attributes and Spring's durations.
     */
    private static Optional<Object> parseDuration(String text) {
        Matcher m = DURATION.matcher(text);
        if (!m.matches()) {
            return iso(text);
        }
        double number = Double.parseDouble(m.group(1));
        String unit = m.group(2) == null ? "ms" : m.group(2).toLowerCase(Locale.ROOT);
        double nanos =
                switch (unit) {
                    case "ns" -> number;
                    case "us" -> number * 1e3;
                    case "ms" -> number * 1e6;
                    case "s" -> number * 1e9;
                    case "h" -> number * 3600e9;
                    case "d" -> number * 86_400e9;
                    default -> number * 60e9;
                };
        // What is longer than a long can say, 292 years, is out of any range.
        return Optional.of(Duration.ofNanos(Math.round(nanos)));
    }

    private static Optional<Object> iso(String text) {
        try {
            return Optional.of(Duration.parse(text));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    static String text(Duration d) {
        long millis = d.toMillis();
        if (millis % 86_400_000 == 0 && millis > 0) {
            return d.toDays() + "d";
        }
        return millis % 1000 == 0 ? d.toSeconds() + "s" : millis + "ms";
    }
}
