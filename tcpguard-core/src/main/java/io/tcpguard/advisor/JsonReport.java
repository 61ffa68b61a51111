package io.tcpguard.advisor;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Writes findings as JSON (RFC 8259), by hand: the core has no JSON library. */
final class JsonReport {

    private static final int FIRST_PRINTABLE = 0x20;

    private final Machine machine;
    private final List<Finding> findings;

    JsonReport(Machine machine, List<Finding> findings) {
        this.machine = machine;
        this.findings = findings;
    }

    String text() {
        return "{\n  \"process\": " + string(machine.process())
                + ",\n  \"kernel\": " + string(machine.release())
                + ",\n  \"container\": " + machine.container()
                + ",\n  \"facts\": " + facts()
                + ",\n  \"listeners\": " + list(machine.listeners(), JsonReport::listener)
                + ",\n  \"notes\": " + list(machine.notes(), JsonReport::string)
                + ",\n  \"exitCode\": " + new Report(machine, findings).exitCode()
                + ",\n  \"findings\": " + list(findings, JsonReport::finding)
                + "\n}\n";
    }

    private String facts() {
        List<String> members = new ArrayList<>();
        for (Fact fact : Fact.values()) {
            OptionalLong number = machine.fact(fact);
            if (fact != Fact.KERNEL && number.isPresent()) {
                members.add(string(fact.key()) + ": " + number.getAsLong());
            }
        }
        return "{" + String.join(", ", members) + "}";
    }

    private static String listener(Listening listener) {
        return "{\"name\": " + string(listener.name()) + ", \"port\": " + listener.port() + ", \"asked\": "
                + number(listener.asked()) + ", \"inForce\": " + number(listener.inForce()) + "}";
    }

    private static String number(OptionalLong number) {
        return number.isPresent() ? Long.toString(number.getAsLong()) : "null";
    }

    private static String finding(Finding finding) {
        return "{\"setting\": " + string(finding.setting())
                + ", \"judgement\": " + string(finding.judgement().name())
                + ", \"value\": " + string(finding.value())
                + ", \"message\": " + string(finding.message())
                + ", \"meaning\": " + string(finding.meaning())
                + ", \"remedy\": ["
                + finding.remedy().stream().map(JsonReport::string).collect(Collectors.joining(", "))
                + "], \"kernels\": " + string(finding.kernels()) + ", \"risk\": " + string(finding.risk())
                + ", \"source\": " + string(finding.source()) + "}";
    }

    private static <T> String list(List<T> items, Function<T, String> json) {
        if (items.isEmpty()) {
            return "[]";
        }
        return items.stream().map(json).collect(Collectors.joining(",\n    ", "[\n    ", "\n  ]"));
    }

    static String string(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < FIRST_PRINTABLE) {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        return json.append('"').toString();
    }
}
