package io.tcpguard.advisor;

import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The line "TCP:" of {@code /proc/net/sockstat} (net/ipv4/proc.c, {@code sockstat_seq_show}). inuse and tw are the namespace's, orphan and
 * mem the machine's.
 */
record SockstatText(String text) {

    OptionalLong of(String name) {
        Matcher matcher = Pattern.compile("(?m)^TCP:.*? " + Pattern.quote(name) + " (\\d+)")
                .matcher(text);
        return matcher.find() ? OptionalLong.of(Long.parseLong(matcher.group(1))) : OptionalLong.empty();
    }
}
