package io.tcpguard.internal.io;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Writes JSON (RFC 8259). Only what the answers need. */
final class JsonText {
    private final StringBuilder out = new StringBuilder(256);
    private boolean first = true;

    private JsonText() {}

    static String object(Consumer<JsonText> members) {
        JsonText json = new JsonText();
        json.nested(members);
        return json.out.append('\n').toString();
    }

    JsonText statement(Statement s, boolean details) {
        return member("up", s.up())
                .member("weight", s.weight())
                .member("level", s.level().name())
                .member("leading", s.leading().equals("none") ? null : s.leading())
                .member("reason", details ? s.reason() : s.cause());
    }

    JsonText member(String name, @Nullable String value) {
        key(name);
        if (value == null) {
            out.append("null");
        } else {
            quoted(value);
        }
        return this;
    }

    JsonText member(String name, long value) {
        key(name);
        out.append(value);
        return this;
    }

    JsonText member(String name, boolean value) {
        key(name);
        out.append(value);
        return this;
    }

    JsonText object(String name, Consumer<JsonText> members) {
        key(name);
        nested(members);
        return this;
    }

    <T> JsonText array(String name, List<T> items, java.util.function.BiConsumer<JsonText, T> members) {
        key(name);
        out.append('[');
        for (int i = 0; i < items.size(); i++) {
            T item = items.get(i);
            out.append(i == 0 ? "" : ",");
            nested(json -> members.accept(json, item));
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
