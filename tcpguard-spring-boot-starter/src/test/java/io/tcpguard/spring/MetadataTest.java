/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.config.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * What editors know of the properties is made from the table of settings; {@code -Dtcpguard.update-docs=true} writes it
 * anew.
 */
class MetadataTest {
    private static final Path FILE = Path.of("src/main/resources/META-INF/spring-configuration-metadata.json");

    @Test
    void saysOfEachPropertyWhatItsSettingSays() throws IOException {
        Path file = Files.exists(FILE)
                ? FILE
                : Path.of("../../../tcpguard-spring-boot-starter").resolve(FILE);
        if (Boolean.getBoolean("tcpguard.update-docs")) {
            Files.writeString(file, metadata());
        }
        assertThat(Files.readString(file))
                .as("%s is out of date: mvn test -pl tcpguard-spring-boot-starter -Dtcpguard.update-docs=true", file)
                .isEqualTo(metadata());
    }

    private static String metadata() {
        String properties =
                Arrays.stream(Setting.values()).map(MetadataTest::property).collect(Collectors.joining(",\n"));
        String hints = Arrays.stream(Setting.values())
                .filter(setting -> setting.key().endsWith("Port"))
                .map(MetadataTest::hint)
                .collect(Collectors.joining(",\n"));
        return """
                {
                  "groups": [
                    {
                      "name": "tcpguard",
                      "type": "io.tcpguard.spring.TcpGuardAutoConfiguration"
                    }
                  ],
                  "properties": [
                %s
                  ],
                  "hints": [
                %s
                  ]
                }
                """
                .formatted(properties, hints);
    }

    private static String property(Setting setting) {
        return """
                    {
                      "name": "tcpguard.%s",
                      "type": "%s",
                      "description": "%s",
                      "defaultValue": %s
                    }"""
                .formatted(
                        GuardProperties.kebab(setting.key()),
                        type(setting.byDefault()),
                        described(setting).replace("\\", "\\\\").replace("\"", "\\\""),
                        written(setting.byDefault()))
                .indent(4)
                .stripTrailing();
    }

    private static String described(Setting setting) {
        return setting.byDefault() instanceof Boolean
                ? setting.meaning()
                : setting.meaning() + " (" + setting.allowed() + ")";
    }

    private static String hint(Setting port) {
        return """
                    {
                      "name": "tcpguard.%s",
                      "values": [
                        {
                          "value": -1,
                          "description": "none"
                        },
                        {
                          "value": 0,
                          "description": "any free one"
                        }
                      ]
                    }"""
                .formatted(GuardProperties.kebab(port.key()))
                .indent(4)
                .stripTrailing();
    }

    private static String type(Object value) {
        return value instanceof List<?>
                ? "java.util.List<java.lang.String>"
                : value.getClass().getName();
    }

    private static String written(Object value) {
        if (value instanceof Duration duration) {
            assertThat(duration.toNanos() % 1_000_000).isZero();
            String text = duration.toMillis() % 1000 == 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
            assertThat(Setting.IDLE_FLOOR.parse(text)).isEqualTo(duration);
            return "\"" + text + "\"";
        }
        if (value instanceof List<?> list) {
            return list.stream().map(one -> "\"" + one + "\"").collect(Collectors.joining(", ", "[", "]"));
        }
        return value instanceof String ? "\"" + value + "\"" : Objects.toString(value);
    }
}
