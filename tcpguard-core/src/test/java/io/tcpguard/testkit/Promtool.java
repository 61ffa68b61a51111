/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Prometheus's tool, as a distribution has it. */
public final class Promtool {
    private Promtool() {}

    /** Whether it is there. */
    public static boolean isInstalled() {
        return Stream.of("/usr/bin/promtool", "/usr/local/bin/promtool")
                .map(Path::of)
                .anyMatch(Files::isExecutable);
    }

    /** Runs it; what it says on both streams, and a line if it fails. */
    public static String run(String in, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("promtool"));
        command.addAll(List.of(arguments));
        Process tool = new ProcessBuilder(command).redirectErrorStream(true).start();
        tool.getOutputStream().write(in.getBytes(StandardCharsets.UTF_8));
        tool.getOutputStream().close();
        String said = new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = tool.waitFor();
        return code == 0 ? said : said + "\nexit code " + code;
    }
}
