/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spring;

import io.tcpguard.GuardBuilder;
import io.tcpguard.TcpGuard;
import io.tcpguard.config.Setting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.origin.Origin;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;

/** The properties under {@code tcpguard.}: each {@link Setting} in kebab case. */
final class GuardProperties {
    static final String PREFIX = "tcpguard";

    /** Where Spring's test support puts what a test asks for. */
    private static final String TEST_SOURCE = "Inlined Test Properties";

    private static final List<Setting> PORTS = List.of(Setting.HEALTH_PORT, Setting.AGENT_PORT, Setting.UDP_PORT);

    private final Environment environment;
    private final Binder binder;

    GuardProperties(Environment environment) {
        this.environment = environment;
        this.binder = Binder.get(environment);
    }

    /** Whether they switch the guard off, whatever the others are. */
    boolean switchOff() {
        Given enabled = given(Setting.ENABLED);
        return enabled != null && enabled.text().strip().equalsIgnoreCase("false");
    }

    /**
     * A guard with these properties, not yet started; one that is disabled, and has said so in the log, if they switch
     * it off.
     *
     * @throws WrongPropertyException naming all that are wrong
     */
    TcpGuard guard() {
        if (switchOff()) {
            return TcpGuard.builder().set(Setting.ENABLED, false).build().start();
        }
        GuardBuilder builder = TcpGuard.builder();
        parsed().forEach(builder::set);
        UnknownProperties.warn(environment);
        try {
            return builder.build();
        } catch (IllegalArgumentException e) {
            // Two that contradict each other.
            throw new WrongPropertyException(List.of(String.valueOf(e.getMessage())));
        }
    }

    /** What the properties say of this; what the guard, which may be the application's, says if they do not. */
    Duration duration(Setting setting, TcpGuard guard) {
        return (Duration) Objects.requireNonNullElseGet(
                parsed().get(setting), () -> Duration.ofNanos(guard.config().nanos(setting)));
    }

    private Map<Setting, Object> parsed() {
        Map<Setting, Object> parsed = new EnumMap<>(Setting.class);
        List<String> wrong = new ArrayList<>();
        for (Setting setting : Setting.values()) {
            Given given = given(setting);
            if (given != null) {
                try {
                    Object value = setting.parse(given.text());
                    parsed.put(setting, anyPortInTests(setting, value));
                } catch (IllegalArgumentException e) {
                    wrong.add(given + " (expected: " + setting.allowed() + ")");
                }
            }
        }
        if (!wrong.isEmpty()) {
            throw new WrongPropertyException(wrong);
        }
        return parsed;
    }

    /**
     * A test that takes any server port takes any health port, as it takes any management port: Spring keeps the
     * contexts of several tests, and the second would find the port taken. Only in tests: elsewhere a load balancer
     * asks where it was told to.
     */
    private Object anyPortInTests(Setting setting, Object value) {
        if (PORTS.contains(setting)
                && value instanceof Integer port
                && port > 0
                && environment instanceof ConfigurableEnvironment configurable) {
            PropertySource<?> test = configurable.getPropertySources().get(TEST_SOURCE);
            if (test != null
                    && "0".equals(String.valueOf(test.getProperty("server.port")))
                    && !test.containsProperty(PREFIX + "." + kebab(setting.key()))) {
                return 0;
            }
        }
        return value;
    }

    /** A property as it was written, and where. */
    private record Given(String name, String text, @Nullable Origin origin) {
        @Override
        public String toString() {
            return PREFIX + "." + name + "=" + text + (origin == null ? "" : " in " + origin);
        }
    }

    /** As text, whether it was written as one value or as a list. */
    private @Nullable Given given(Setting setting) {
        String name = kebab(setting.key());
        ConfigurationPropertyName full = ConfigurationPropertyName.of(PREFIX + "." + name);
        Origins origins = new Origins();
        String text = binder.bind(full, Bindable.of(String.class), origins)
                .orElseGet(() -> binder.bind(full, Bindable.listOf(String.class), origins)
                        .map(list -> String.join(",", list))
                        .orElse(null));
        return text == null ? null : new Given(name, text, origins.last);
    }

    /** Remembers where a value came from. */
    private static final class Origins extends AbstractBindHandler {
        private @Nullable Origin last;

        @Override
        public Object onSuccess(
                ConfigurationPropertyName name, Bindable<?> target, BindContext context, Object result) {
            ConfigurationProperty property = context.getConfigurationProperty();
            if (property != null) {
                last = property.getOrigin();
            }
            return result;
        }
    }

    /** {@code healthPort} is {@code health-port}. */
    static String kebab(String key) {
        return key.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }
}
