package io.tcpguard.spring;

import io.tcpguard.TcpGuard;
import io.tcpguard.config.Setting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/** The properties under {@code tcpguard.}: each {@link Setting} in kebab case, and those that belong to Boot alone. */
final class GuardProperties {
    static final String PREFIX = "tcpguard";
    static final String NOTICE = "notice-seconds";
    static final String FINISH = "finish-seconds";
    static final List<String> OWN = List.of("enabled", NOTICE, FINISH);
    private static final Logger log = LoggerFactory.getLogger(GuardProperties.class);

    private final Binder binder;

    GuardProperties(Environment environment) {
        this.binder = Binder.get(environment);
    }

    /**
     * A guard with these properties, not yet started.
     *
     * @throws WrongPropertyException naming all that are wrong
     */
    TcpGuard guard() {
        List<String> wrong = new ArrayList<>();
        TcpGuard.Builder builder = TcpGuard.builder();
        for (Setting setting : Setting.values()) {
            String name = kebab(setting.key());
            String text = text(name);
            if (text != null) {
                try {
                    builder.set(setting.key(), text);
                } catch (IllegalArgumentException e) {
                    wrong.add(PREFIX + "." + name + "=" + text + " (expected: " + setting.allowed() + ")");
                }
            }
        }
        for (String name : List.of(NOTICE, FINISH)) {
            try {
                seconds(name);
            } catch (IllegalArgumentException e) {
                wrong.add(e.getMessage());
            }
        }
        if (!wrong.isEmpty()) {
            throw new WrongPropertyException(wrong);
        }
        warnOfUnknown();
        try {
            return builder.build();
        } catch (IllegalArgumentException e) {
            // Two that contradict each other.
            throw new WrongPropertyException(List.of(String.valueOf(e.getMessage())));
        }
    }

    Duration notice() {
        return seconds(NOTICE);
    }

    Duration finish() {
        return seconds(FINISH);
    }

    private Duration seconds(String name) {
        String text = text(name);
        if (text == null) {
            return Duration.ZERO;
        }
        if (!text.matches("[0-9]{1,4}") || Integer.parseInt(text) > 3600) {
            throw new IllegalArgumentException(
                    PREFIX + "." + name + "=" + text + " (expected: whole seconds, 0 to 3600)");
        }
        return Duration.ofSeconds(Integer.parseInt(text));
    }

    /** As text, whether it was written as one value or as a list. */
    private @Nullable String text(String name) {
        String full = PREFIX + "." + name;
        return binder.bind(full, String.class).orElseGet(() -> binder.bind(full, Bindable.listOf(String.class))
                .map(list -> String.join(",", list))
                .orElse(null));
    }

    /** No failure: Kubernetes puts {@code TCPGUARD_SERVICE_HOST} and the like there if a service has that name. */
    private void warnOfUnknown() {
        Set<String> known = new TreeSet<>(OWN);
        Arrays.stream(Setting.values()).map(setting -> kebab(setting.key())).forEach(known::add);
        Set<String> uniform = known.stream().map(GuardProperties::uniform).collect(Collectors.toSet());
        binder.bind(PREFIX, Bindable.mapOf(String.class, Object.class)).ifBound(given -> given.keySet().stream()
                .filter(name -> !uniform.contains(uniform(name.replaceFirst("\\[.*", ""))))
                .forEach(name -> log.warn("There is no property {}.{}: ignored. There are {}", PREFIX, name, known)));
    }

    private static String uniform(String name) {
        return name.replace("-", "").replace("_", "").replace(".", "").toLowerCase(Locale.ROOT);
    }

    /** {@code healthPort} is {@code health-port}. */
    static String kebab(String key) {
        return key.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }
}
