/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.publishing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What {@code mvn -Prelease verify} laid out: a Maven repository with nothing in it but what is published. */
final class Bundle {
    /** The published artifacts, the parent of most of them included. */
    static final List<String> ARTIFACTS = List.of(
            "tcpguard-parent",
            "tcpguard-core",
            "tcpguard-tomcat",
            "tcpguard-netty",
            "tcpguard-spring-boot-starter",
            "tcpguard-bom");

    static final Path DIRECTORY = Path.of(System.getProperty("release.bundle", "../../../target/bundle"));
    static final String VERSION = System.getProperty("project.version", "0.1.0-SNAPSHOT");

    private Bundle() {}

    /** The folder of one artifact's version. */
    static Path of(String artifact) {
        return DIRECTORY.resolve("io/tcpguard").resolve(artifact).resolve(VERSION);
    }

    /** The newest file of an artifact that ends so: a snapshot's names carry a time. */
    static Path file(String artifact, String end) {
        return files(artifact).stream()
                .filter(f -> f.getFileName()
                        .toString()
                        .matches("\\Q" + artifact + "\\E-[0-9.]+(-[0-9.-]+)?\\Q" + end + "\\E"))
                .max(Path::compareTo)
                .orElseThrow(() -> new AssertionError("no " + artifact + "…" + end + " in " + of(artifact)));
    }

    /** All files of an artifact. */
    static List<Path> files(String artifact) {
        try (Stream<Path> files = Files.list(of(artifact))) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
