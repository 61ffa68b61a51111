package io.tcpguard.advisor;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/** Counters of {@code /proc/net/netstat}: pairs of lines, names and then numbers, each beginning with the group's name. */
public record CounterTable(Map<String, Long> counters) {

    public static CounterTable parse(String text) {
        Map<String, Long> counters = new HashMap<>();
        String[] lines = text.split("\n", -1);
        for (int i = 0; i + 1 < lines.length; i += 2) {
            String[] names = lines[i].strip().split(" ", -1);
            String[] numbers = lines[i + 1].strip().split(" ", -1);
            for (int k = 1; k < names.length && k < numbers.length; k++) {
                counters.put(names[k], Long.parseLong(numbers[k]));
            }
        }
        return new CounterTable(counters);
    }

    public OptionalLong of(String name) {
        Long number = counters.get(name);
        return number == null ? OptionalLong.empty() : OptionalLong.of(number);
    }
}
