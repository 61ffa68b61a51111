/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class JsonTextTest {
    @Test
    void writesMembersObjectsAndLists() {
        String json = JsonText.object(o -> o.member("name", "a")
                .member("up", true)
                .member("limit", 12)
                .member("unknown", OptionalLong.empty())
                .object("inner", i -> i.member("b", (String) null))
                .object("empty", i -> {})
                .strings("words", List.of("c", "d"))
                .array("items", List.of(1L, 2L), (i, n) -> i.member("n", n)));

        assertThat(json)
                .isEqualTo(
                        "{\"name\":\"a\",\"up\":true,\"limit\":12,\"unknown\":null,\"inner\":{\"b\":null},\"empty\":{},"
                                + "\"words\":[\"c\",\"d\"],\"items\":[{\"n\":1},{\"n\":2}]}\n");
    }

    @Test
    void escapesWhatJsonDoesNotAllowInAStringAndWhatATerminalWouldObey() {
        assertThat(JsonText.object(o -> o.member("a", "a\"b\\c\nd\u0001\u009b\u2028")))
                .isEqualTo("{\"a\":\"a\\\"b\\\\c\\u000ad\\u0001\\u009b\\u2028\"}\n");
    }
}
