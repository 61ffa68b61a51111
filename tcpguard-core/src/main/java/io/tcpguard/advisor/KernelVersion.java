/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The two numbers of a kernel release that say what it can do. Distributions may carry features back, so a file that
 * exists wins.
 */
record KernelVersion(int major, int minor) implements Comparable<KernelVersion> {

    private static final Pattern RELEASE = Pattern.compile("(\\d{1,3})\\.(\\d{1,3})(\\D.*)?", Pattern.DOTALL);
    private static final int MINORS = 1000;

    /** The version in a text such as {@code 5.15.0-91-generic}; empty if there is none. */
    static Optional<KernelVersion> parse(String release) {
        Matcher matcher = RELEASE.matcher(release.strip());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        return Optional.of(new KernelVersion(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2))));
    }

    /** One number that orders versions, so that rules compare them like any other fact. */
    long code() {
        return (long) major * MINORS + minor;
    }

    @Override
    public int compareTo(KernelVersion other) {
        return Long.compare(code(), other.code());
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
