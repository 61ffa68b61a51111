package io.tcpguard.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.config.Setting;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MetadataTest {
    private static final Pattern PROPERTY = Pattern.compile("\\{\\s*\"name\": \"([^\"]+)\",\\s*\"type\": \"([^\"]+)\","
            + "\\s*\"description\": \"([^\"]+)\",\\s*\"defaultValue\": \"?([^\"\n]*)\"?\\s*\\}");

    private final Map<String, Map<String, Object>> described = described();

    @Test
    void namesEachPropertyAndNoOther() {
        List<String> properties = Stream.concat(
                        GuardProperties.OWN.stream(),
                        Arrays.stream(Setting.values()).map(setting -> GuardProperties.kebab(setting.key())))
                .map(name -> "tcpguard." + name)
                .toList();
        assertThat(described.keySet()).containsExactlyInAnyOrderElementsOf(properties);
    }

    @ParameterizedTest
    @EnumSource
    void saysOfEachSettingWhatTheSettingSays(Setting setting) {
        Map<String, Object> property =
                Objects.requireNonNull(described.get("tcpguard." + GuardProperties.kebab(setting.key())));
        assertThat(property).containsEntry("description", setting.meaning());
        Object value = setting.byDefault();
        boolean simple = value instanceof Integer || value instanceof Double || value instanceof Boolean;
        assertThat(property).containsEntry("type", (simple ? value.getClass() : String.class).getName());
        String text = String.valueOf(property.get("defaultValue"));
        assertThat(text.isEmpty() ? List.of() : setting.parse(text)).hasToString(value.toString());
    }

    private static Map<String, Map<String, Object>> described() {
        Map<String, Map<String, Object>> byName = new LinkedHashMap<>();
        Matcher property = PROPERTY.matcher(text());
        while (property.find()) {
            byName.put(
                    property.group(1),
                    Map.of(
                            "type", property.group(2),
                            "description", property.group(3),
                            "defaultValue", property.group(4)));
        }
        return byName;
    }

    private static String text() {
        try (InputStream in = MetadataTest.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
