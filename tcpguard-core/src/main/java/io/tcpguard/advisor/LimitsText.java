/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The line "Max open files" of {@code /proc/PID/limits} (proc_pid_limits(5)). */
record LimitsText(OptionalLong soft, OptionalLong hard) {

    private static final Pattern LINE = Pattern.compile("(?m)^Max open files +([0-9]{1,18}) +([0-9]{1,18}) ");

    static LimitsText parse(String text) {
        Matcher matcher = LINE.matcher(text);
        return matcher.find()
                ? new LimitsText(
                        OptionalLong.of(Long.parseLong(matcher.group(1))),
                        OptionalLong.of(Long.parseLong(matcher.group(2))))
                : new LimitsText(OptionalLong.empty(), OptionalLong.empty());
    }
}
