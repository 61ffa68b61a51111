/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Kernel settings below a root such as {@code /proc/sys}; each is read once, when it is first asked for. */
final class Settings {

    private final Path root;
    private final Map<String, Optional<String>> read = new ConcurrentHashMap<>();
    private final Map<String, Boolean> seen = new ConcurrentHashMap<>();

    Settings(Path root) {
        this.root = root;
    }

    /** The text with single blanks between its words; empty if the file is not there, may not be read, or is empty. */
    Optional<String> text(String setting) {
        return read.computeIfAbsent(setting, this::read);
    }

    boolean exists(String setting) {
        return seen.computeIfAbsent(setting, s -> Files.exists(file(s)));
    }

    private Optional<String> read(String setting) {
        try {
            String text = KernelText.read(file(setting)).strip().replaceAll("\\s+", " ");
            return text.isEmpty() ? Optional.empty() : Optional.of(text);
        } catch (IOException absent) {
            return Optional.empty();
        }
    }

    private Path file(String setting) {
        return root.resolve(setting.replace('.', '/'));
    }
}
