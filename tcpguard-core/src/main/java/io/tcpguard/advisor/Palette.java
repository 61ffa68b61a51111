/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

/** Colours of the terminal report (ECMA-48, SGR). */
enum Palette {
    PLAIN,
    COLOURED;

    private static final String RESET = "\u001b[0m";
    private static final String BOLD = "\u001b[1m";
    private static final String DIM = "\u001b[2m";
    private static final String RED = "\u001b[1;31m";
    private static final String YELLOW = "\u001b[33m";
    private static final String CYAN = "\u001b[36m";
    private static final String GREEN = "\u001b[32m";

    String judgement(Judgement judgement, String text) {
        return paint(
                switch (judgement) {
                    case DANGEROUS -> RED;
                    case WARN -> YELLOW;
                    case ADVISE -> CYAN;
                    case OK -> GREEN;
                    case NOT_APPLICABLE -> DIM;
                },
                text);
    }

    String strong(String text) {
        return paint(BOLD, text);
    }

    String faint(String text) {
        return paint(DIM, text);
    }

    private String paint(String code, String text) {
        return this == PLAIN ? text : code + text + RESET;
    }
}
