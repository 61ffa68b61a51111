package io.tcpguard.advisor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Kernel settings below a root such as {@code /proc/sys}. */
record Settings(Path root) {

    /** The text with single blanks between its words; empty if the file is not there, may not be read, or is empty. */
    Optional<String> text(String setting) {
        try {
            String text = KernelText.read(file(setting)).strip().replaceAll("\\s+", " ");
            return text.isEmpty() ? Optional.empty() : Optional.of(text);
        } catch (IOException absent) {
            return Optional.empty();
        }
    }

    boolean exists(String setting) {
        return Files.exists(file(setting));
    }

    private Path file(String setting) {
        return root.resolve(setting.replace('.', '/'));
    }
}
