/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class GuardedNettyTest {
    @Test
    void servesClientsAndTheLoadBalancer() throws Exception {
        int port = Wire.freePort();
        int health = Wire.freePort();
        Channel server = GuardedNetty.start(port, health);
        try {
            assertThat(Wire.get(port, "/")).startsWith("HTTP/1.1 200");
            Await.until("up", () -> Wire.get(health, "/health").startsWith("HTTP/1.1 200"));
            assertThat(Wire.get(health, "/health")).containsPattern("\r\n\r\nUP [0-9]+ [A-Z]+\n");
        } finally {
            server.close().sync();
        }
    }

    /** The quick start shows the lines that are compiled here. */
    @Test
    void isWhatTheQuickStartShows() throws IOException {
        String source = Files.readString(Path.of("src/main/java/io/tcpguard/examples/netty/GuardedNetty.java"));
        String shown = between(
                Files.readString(Path.of("../../docs/quick-start.md")), "<!-- GuardedNetty -->\n```java\n", "```");
        assertThat(shown)
                .isEqualTo(between(source, "// tag::guard[]\n", "        // end::guard[]")
                                .stripTrailing()
                                .stripIndent()
                                .replaceAll("\\bport\\b", "8080")
                                .replaceAll("\\bhealth\\b", "8081")
                        + "\n");
    }

    private static String between(String text, String start, String end) {
        assertThat(text).contains(start);
        int from = text.indexOf(start) + start.length();
        return text.substring(from, text.indexOf(end, from));
    }
}
