/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

/** What the advisor thinks of one setting. Ordered by how much it matters. */
public enum Judgement {
    /** The setting does not exist here, or can't be seen or judged from here; the finding says why. */
    NOT_APPLICABLE("not applicable"),
    /** Nothing to do. */
    OK("ok"),
    /** Another value would serve better; nothing breaks as it is. */
    ADVISE("advise"),
    /** It will hurt under load. */
    WARN("warn"),
    /** It breaks healthy connections, or one burst takes the server down. */
    DANGEROUS("dangerous");

    private final String words;

    Judgement(String words) {
        this.words = words;
    }

    /** The judgement as people write it, in lower case. */
    public String words() {
        return words;
    }

    /** True if this matters as much as {@code other} or more. */
    public boolean atLeast(Judgement other) {
        return compareTo(other) >= 0;
    }
}
