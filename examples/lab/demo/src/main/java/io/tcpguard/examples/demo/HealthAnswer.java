/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.demo;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a health answer says.
 *
 * @param outcome UP for 200, DOWN for any other status, NO_ANSWER if it is no HTTP
 * @param level NORMAL, ELEVATED, SHED or DRAIN; {@code -} if it names none
 */
record HealthAnswer(Check.Outcome outcome, String level) {
    static final int TIMEOUT_MILLIS = 2_000;

    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([0-9]{3})");
    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *([0-9]{1,6}) *\r\n");
    private static final Pattern LEVEL = Pattern.compile("\\b(NORMAL|ELEVATED|SHED|DRAIN)\\b");
    private static final String NO_LEVEL = "-";
    private static final HealthAnswer NONE = new HealthAnswer(Check.Outcome.NO_ANSWER, NO_LEVEL);
    private static final byte[] REQUEST =
            "GET /health HTTP/1.1\r\nHost: health\r\nUser-Agent: checker\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII);

    /**
     * Asks, over a connection of its own, and waits for the whole answer: {@link #TIMEOUT_MILLIS} at most for each
     * step.
     */
    static HealthAnswer from(InetSocketAddress address) {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(address, TIMEOUT_MILLIS);
            socket.getOutputStream().write(REQUEST);
            return parse(whole(socket.getInputStream()));
        } catch (IOException e) {
            // Refused, reset, silent: to a load balancer it is all the same.
            return NONE;
        }
    }

    private static String whole(InputStream in) throws IOException {
        StringBuilder text = new StringBuilder();
        byte[] bytes = new byte[2048];
        int n = in.read(bytes);
        while (n > 0 && text.length() < 16_384) {
            text.append(new String(bytes, 0, n, StandardCharsets.US_ASCII));
            n = complete(text.toString()) ? 0 : in.read(bytes);
        }
        return text.toString();
    }

    static boolean complete(String text) {
        int end = text.indexOf("\r\n\r\n");
        Matcher length = LENGTH.matcher(text);
        return end >= 0 && length.find() && text.length() - end - 4 >= Integer.parseInt(length.group(1));
    }

    static HealthAnswer parse(String text) {
        Matcher status = STATUS.matcher(text);
        if (!status.lookingAt()) {
            return NONE;
        }
        Matcher level = LEVEL.matcher(text);
        return new HealthAnswer(
                status.group(1).equals("200") ? Check.Outcome.UP : Check.Outcome.DOWN,
                level.find() ? level.group(1) : NO_LEVEL);
    }
}
