/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.testkit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads JSON as strictly as RFC 8259 has it, into maps, lists, strings, longs, booleans and the string "null". Whole
 * numbers only.
 */
public final class Json {

    private final String text;
    private int at;

    private Json(String text) {
        this.text = text;
    }

    /** The whole text is one object. */
    public static Map<?, ?> object(String text) {
        Json json = new Json(text);
        json.blanks();
        Map<String, Object> object = json.object();
        json.blanks();
        json.check(json.at == text.length());
        return object;
    }

    private Object value() {
        blanks();
        Object value =
                switch (text.charAt(at)) {
                    case '{' -> object();
                    case '[' -> list();
                    case '"' -> string();
                    case 't' -> word("true", true);
                    case 'f' -> word("false", false);
                    case 'n' -> word("null", "null");
                    default -> number();
                };
        blanks();
        return value;
    }

    private Map<String, Object> object() {
        Map<String, Object> members = new LinkedHashMap<>();
        take('{');
        blanks();
        while (text.charAt(at) != '}') {
            blanks();
            String name = string();
            blanks();
            take(':');
            check(members.put(name, value()) == null);
            next('}');
        }
        at++;
        return members;
    }

    private List<Object> list() {
        List<Object> items = new ArrayList<>();
        take('[');
        blanks();
        while (text.charAt(at) != ']') {
            items.add(value());
            next(']');
        }
        at++;
        return items;
    }

    /** A comma with something after it, or the end. */
    private void next(char end) {
        if (text.charAt(at) != end) {
            take(',');
            blanks();
            check(text.charAt(at) != end);
        }
    }

    private String string() {
        StringBuilder string = new StringBuilder();
        take('"');
        while (text.charAt(at) != '"') {
            char c = text.charAt(at++);
            check(c >= ' ');
            string.append(c == '\\' ? escaped() : c);
        }
        at++;
        return string.toString();
    }

    private char escaped() {
        char c = text.charAt(at++);
        if (c == 'u') {
            at += 4;
            return (char) Integer.parseInt(text.substring(at - 4, at), 16);
        }
        check(c == '"' || c == '\\' || c == '/');
        return c;
    }

    private Object word(String word, Object value) {
        check(text.startsWith(word, at));
        at += word.length();
        return value;
    }

    private long number() {
        int from = at;
        while (text.charAt(at) == '-' || Character.isDigit(text.charAt(at))) {
            at++;
        }
        return Long.parseLong(text.substring(from, at));
    }

    private void take(char c) {
        check(text.charAt(at) == c);
        at++;
    }

    private void blanks() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private void check(boolean holds) {
        if (!holds) {
            throw new IllegalArgumentException(
                    "no JSON at " + at + ": " + text.substring(Math.max(0, at - 40), Math.min(text.length(), at + 10)));
        }
    }
}
