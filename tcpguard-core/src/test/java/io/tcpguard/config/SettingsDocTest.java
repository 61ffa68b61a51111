package io.tcpguard.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code docs/settings.md} is made from the table of settings: {@code mvn test -pl tcpguard-core -Dtcpguard.update-docs=true}. */
class SettingsDocTest {
    private static final Path DOC = Path.of("../docs/settings.md");

    @Test
    void isUpToDate() throws IOException {
        String expected = document();
        if (Boolean.getBoolean("tcpguard.update-docs")) {
            Files.writeString(DOC, expected);
        }

        assertThat(Files.readString(DOC))
                .as("out of date: run mvn test -pl tcpguard-core -Dtest=SettingsDocTest -Dtcpguard.update-docs=true")
                .isEqualTo(expected);
    }

    private static String document() {
        StringBuilder text = new StringBuilder("# Settings\n\n")
                .append(
                        "One table for all ways in: `TcpGuard.builder().set(\"name\", \"value\")`, attributes of `TcpGuardListener` in ")
                .append(
                        "`server.xml`. A wrong value is refused at the start, with the setting, the value and what is allowed.\n\n")
                .append("| setting | default | allowed | what it does |\n| --- | --- | --- | --- |\n");
        for (Setting s : Setting.values()) {
            text.append("| `")
                    .append(s.key())
                    .append("` | ")
                    .append(written(s.byDefault()))
                    .append(" | ")
                    .append(s.allowed())
                    .append(" | ")
                    .append(s.meaning())
                    .append(" |\n");
        }
        return text.toString();
    }

    private static String written(Object value) {
        if (value instanceof Duration d) {
            return Kind.text(d);
        }
        if (value instanceof List<?> list) {
            return list.isEmpty() ? "none" : list.stream().map(String::valueOf).collect(Collectors.joining(","));
        }
        return String.valueOf(value);
    }
}
