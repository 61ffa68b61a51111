/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Texts of settings, a {@code name=value} a line, and lists of networks: a value, or an IllegalArgumentException. */
public final class SettingsFuzz {
    private SettingsFuzz() {}

    /** Called by a fuzzer, and for each saved input. */
    public static void fuzzerTestOneInput(byte[] data) {
        String text = new String(data, StandardCharsets.UTF_8);
        networks(text);
        Map<String, String> texts = new HashMap<>();
        text.lines().forEach(line -> {
            int equals = line.indexOf('=');
            if (equals > 0) {
                texts.put(line.substring(0, equals), line.substring(equals + 1));
                networks(line.substring(equals + 1));
            }
        });
        try {
            Map<Setting, Object> values = Setting.parse(texts);
            values.forEach((setting, value) -> check(setting.check(value).equals(value), setting + "=" + value));
            GuardConfig config = new GuardConfig(values);
            check(config.staleAfterNanos() > 0, "stale after " + config.staleAfterNanos());
            for (long limit : new long[] {1, 20, 1024, 1L << 40}) {
                long reserve = config.reserve(limit);
                check(reserve >= 0 && reserve <= limit, "reserve " + reserve + " of " + limit);
            }
        } catch (IllegalArgumentException e) {
            check(e.getMessage() != null, "no reason");
        }
    }

    private static void networks(String text) {
        try {
            List<Network> networks = Network.list(text);
            for (Network network : networks) {
                String said = network.toString();
                InetAddress first = InetAddress.getByName(said.substring(0, said.indexOf('/')));
                check(network.contains(first), said);
                check(Network.list(said).get(0).toString().equals(said), said);
            }
        } catch (IllegalArgumentException e) {
            check(e.getMessage() != null, "no reason");
        } catch (UnknownHostException e) {
            throw new AssertionError(text, e);
        }
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
