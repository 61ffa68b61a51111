/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** What container runtimes leave behind where a process can see it. */
final class ContainerSigns {

    private static final List<String> FILES = List.of(".dockerenv", "run/.containerenv", "run/systemd/container");
    private static final Pattern CGROUP = Pattern.compile("docker|kubepods|containerd|libpod|/lxc");

    private ContainerSigns() {}

    /**
     * True if one is found.
     *
     * @param process the process's directory in {@code /proc}
     */
    static boolean of(Path process) {
        Path root = process.resolve("root");
        return FILES.stream().anyMatch(f -> Files.exists(root.resolve(f))) || inCgroup(process.resolve("cgroup"));
    }

    private static boolean inCgroup(Path file) {
        try {
            return CGROUP.matcher(KernelText.read(file)).find();
        } catch (IOException unknown) {
            return false;
        }
    }
}
