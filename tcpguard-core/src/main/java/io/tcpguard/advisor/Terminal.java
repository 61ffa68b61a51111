/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What the standard output leads to.
 *
 * @param coloured whether it understands colours, and its user wants them
 * @param width in columns
 */
record Terminal(boolean coloured, int width) {

    /** For files and pipes, and where the width can't be found out. */
    static final int USUAL_WIDTH = 120;

    /** The longest name with its value takes that much. */
    private static final int NARROWEST = 72;
    /** Longer lines are hard to read. */
    private static final int WIDEST = 140;

    private static final long STTY_SECONDS = 2;

    static final Terminal NONE = new Terminal(false, USUAL_WIDTH);

    Terminal {
        width = Math.max(NARROWEST, Math.min(WIDEST, width));
    }

    static Terminal stdout() {
        return isTerminal() ? of(System.getenv(), stty()) : NONE;
    }

    /** @param size what {@code stty size} says: rows and columns */
    static Terminal of(Map<String, String> environment, String size) {
        boolean plain = environment.containsKey("NO_COLOR") || "dumb".equals(environment.get("TERM"));
        String[] words = size.strip().split(" ", -1);
        String columns = environment.getOrDefault("COLUMNS", words[words.length - 1]);
        // A terminal that does not know its size says 0.
        return new Terminal(!plain, columns.matches("[1-9]\\d{0,3}") ? Integer.parseInt(columns) : USUAL_WIDTH);
    }

    /**
     * {@code System.console()} wants stdin to be a terminal too, and from JDK 22 on isn't null without one; so the link
     * decides.
     */
    private static boolean isTerminal() {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException notLinux) {
            return false;
        }
    }

    /** Java can't ask a terminal for its size. */
    private static String stty() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!stty.waitFor(STTY_SECONDS, TimeUnit.SECONDS)) {
                stty.destroyForcibly();
                return "";
            }
            return new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException absent) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
