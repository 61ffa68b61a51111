/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.text;

import java.util.List;
import java.util.OptionalLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/** A writer of JSON (RFC 8259), by hand: the core has no JSON library. Only what the answers need. */
public final class JsonText {
    private final StringBuilder out = new StringBuilder(256);
    private boolean first = true;

    private JsonText() {}

    /** An object, and a line end behind it. */
    public static String object(Consumer<JsonText> members) {
        JsonText json = new JsonText();
        json.nested(members);
        return json.out.append('\n').toString();
    }

    public JsonText member(String name, @Nullable String value) {
        key(name);
        if (value == null) {
            out.append("null");
        } else {
            quoted(value);
        }
        return this;
    }

    public JsonText member(String name, long value) {
        key(name);
        out.append(value);
        return this;
    }

    /** A number, or null where it is not known. */
    public JsonText member(String name, OptionalLong value) {
        return value.isPresent() ? member(name, value.getAsLong()) : member(name, (String) null);
    }

    public JsonText member(String name, boolean value) {
        key(name);
        out.append(value);
        return this;
    }

    public JsonText object(String name, Consumer<JsonText> members) {
        key(name);
        nested(members);
        return this;
    }

    /** An array of objects. */
    public <T> JsonText array(String name, List<T> items, BiConsumer<JsonText, T> members) {
        return items(name, items, item -> nested(json -> members.accept(json, item)));
    }

    /** An array of strings. */
    public JsonText strings(String name, List<String> items) {
        return items(name, items, this::quoted);
    }

    /** An array of numbers; what is negative is not known, and null. */
    public JsonText numbers(String name, int count, IntUnaryOperator number) {
        key(name);
        out.append('[');
        for (int i = 0; i < count; i++) {
            int value = number.applyAsInt(i);
            out.append(i == 0 ? "" : ",");
            if (value < 0) {
                out.append("null");
            } else {
                out.append(value);
            }
        }
        out.append(']');
        return this;
    }

    private <T> JsonText items(String name, List<T> items, Consumer<T> write) {
        key(name);
        out.append('[');
        String comma = "";
        for (T item : items) {
            out.append(comma);
            write.accept(item);
            comma = ",";
        }
        out.append(']');
        return this;
    }

    private void nested(Consumer<JsonText> members) {
        out.append('{');
        first = true;
        members.accept(this);
        out.append('}');
        first = false;
    }

    private void key(String name) {
        out.append(first ? "" : ",");
        first = false;
        quoted(name);
        out.append(':');
    }

    private void quoted(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ' || (c >= 127 && c < 160) || c == '\u2028' || c == '\u2029') {
                String hex = Integer.toHexString(c);
                out.append("\\u0000", 0, 6 - hex.length()).append(hex);
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
