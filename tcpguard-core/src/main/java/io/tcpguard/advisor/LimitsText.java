/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The line "Max open files" of {@code /proc/PID/limits} (proc_pid_limits(5)); unlimited is the largest number. */
record LimitsText(OptionalLong soft, OptionalLong hard) {

    private static final Pattern LINE =
            Pattern.compile("(?m)^Max open files +([0-9]{1,18}|unlimited) +([0-9]{1,18}|unlimited) ");

    static LimitsText parse(String text) {
        Matcher matcher = LINE.matcher(text);
        return matcher.find()
                ? new LimitsText(OptionalLong.of(number(matcher.group(1))), OptionalLong.of(number(matcher.group(2))))
                : new LimitsText(OptionalLong.empty(), OptionalLong.empty());
    }

    private static long number(String text) {
        return text.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(text);
    }
}
