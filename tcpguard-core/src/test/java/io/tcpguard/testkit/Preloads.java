/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Holds a list of the classes that are loaded before no descriptor is left against the package's classes. */
public final class Preloads {
    private Preloads() {}

    /**
     * Of the same package as the class that loads them.
     *
     * @param never classes of the package that no request and no eviction needs
     */
    public static void assertComplete(Class<?> preload, String listed, Set<String> never) throws Exception {
        assertComplete(preload, preload.getPackageName(), listed, never);
    }

    /** Of any package of the same module. */
    public static void assertComplete(Class<?> preload, String of, String listed, Set<String> never) throws Exception {
        Path classes = classes(preload);
        Assumptions.assumeTrue(Files.isDirectory(classes), "a jar is open already");
        Set<String> there = new TreeSet<>();
        try (Stream<Path> files = Files.list(classes.resolve(of.replace('.', '/')))) {
            files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".class") && !name.equals("package-info.class"))
                    .map(name -> name.substring(0, name.length() - ".class".length()))
                    .filter(name -> !name.equals(preload.getSimpleName()) && !never.contains(name))
                    .forEach(there::add);
        }
        // Compilers number what they add for themselves as they like.
        there.removeIf(name -> name.matches(".*\\$\\d+"));
        assertThat(listed.split(" ", -1))
                .as("classes named in %s", preload.getSimpleName())
                .contains(there.toArray(String[]::new))
                .doesNotHaveDuplicates();
    }

    private static Path classes(Class<?> preload) throws URISyntaxException {
        return Path.of(
                preload.getProtectionDomain().getCodeSource().getLocation().toURI());
    }
}
