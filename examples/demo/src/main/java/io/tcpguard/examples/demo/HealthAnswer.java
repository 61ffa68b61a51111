package io.tcpguard.examples.demo;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a health answer says.
 *
 * @param outcome UP for 200, DOWN for any other status, NO_ANSWER if it is no HTTP
 * @param level NORMAL, TRIM, SHED or DRAIN; {@code -} if it names none
 */
record HealthAnswer(Check.Outcome outcome, String level) {
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([0-9]{3})");
    private static final Pattern LEVEL = Pattern.compile("\\b(NORMAL|TRIM|SHED|DRAIN)\\b");

    static final String NO_LEVEL = "-";

    static HealthAnswer parse(String text) {
        Matcher status = STATUS.matcher(text);
        if (!status.lookingAt()) {
            return new HealthAnswer(Check.Outcome.NO_ANSWER, NO_LEVEL);
        }
        Matcher level = LEVEL.matcher(text);
        return new HealthAnswer(
                status.group(1).equals("200") ? Check.Outcome.UP : Check.Outcome.DOWN,
                level.find() ? level.group(1) : NO_LEVEL);
    }
}
