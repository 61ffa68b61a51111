package io.tcpguard.config;

import io.tcpguard.Golden;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code docs/reference/settings.md} is made from the table of settings: see {@link Golden}. */
class SettingsDocTest {
    @Test
    void isUpToDate() throws IOException {
        Golden.check(Path.of("../docs/reference/settings.md"), document());
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
