/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file that must hold exactly what the code writes. With {@code -Dtcpguard.update-docs=true} it is written anew, to
 * be looked at and committed.
 */
public final class Golden {

    private static final String PROPERTY = "tcpguard.update-docs";

    private Golden() {}

    /** Compares, or updates. The path is relative to the module. */
    public static void check(Path file, String text) throws IOException {
        if (Boolean.getBoolean(PROPERTY)) {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, text);
        }
        assertThat(Files.exists(file) ? Files.readString(file) : "")
                .as(
                        "%s is out of date; update it by: mvn test -pl tcpguard-core -D%s=true and look at the "
                                + "difference",
                        file, PROPERTY)
                .isEqualTo(text);
    }

    /** A file of the advisor's tests. */
    public static Path resource(String name) {
        return Path.of("src/test/resources/io/tcpguard/advisor", name);
    }
}
