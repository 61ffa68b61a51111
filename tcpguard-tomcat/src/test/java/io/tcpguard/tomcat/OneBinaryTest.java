/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OneBinaryTest {
    private static final Path CLASSES = Path.of("target", "classes", "io", "tcpguard", "tomcat");

    @Test
    void namesNothingThatIsNotTheSameInTomcat9And10And11() throws IOException {
        List<Path> classes;
        try (var files = Files.walk(CLASSES)) {
            classes = files.filter(file -> file.toString().endsWith(".class")).toList();
        }
        assertThat(classes).hasSizeGreaterThan(10);
        int linked = 0;
        for (Path file : classes) {
            Constants constants = constants(file);
            List<String> foreign = new ArrayList<>(List.of("jakarta/servlet", "javax/servlet", "Jsse"));
            // Each of these two is loaded only where its API is.
            if (file.endsWith("JavaxInitializer.class")) {
                foreign.remove("javax/servlet");
            } else if (file.endsWith("JakartaInitializer.class")) {
                foreign.remove("jakarta/servlet");
            }
            assertThat(constants.texts).as("constants of %s", file).isNotEmpty().allSatisfy(constant -> assertThat(
                            constant)
                    .doesNotContain(foreign)
                    .doesNotContain("jakarta.servlet", "javax.servlet"));
            // It returns another type in each: to be called by reflection only.
            assertThat(constants.members)
                    .as("methods and fields that %s is linked to", file)
                    .doesNotContain("getEndpoint");
            linked += constants.members.size();
        }
        assertThat(linked).isGreaterThan(100);
    }

    @Test
    void namesEachInitializerWhereItsContainerLooksForIt() throws IOException {
        Path services = Path.of("target", "classes", "META-INF", "services");
        assertThat(services.resolve("javax.servlet.ServletContainerInitializer"))
                .hasContent(JavaxInitializer.class.getName());
        assertThat(services.resolve("jakarta.servlet.ServletContainerInitializer"))
                .hasContent(JakartaInitializer.class.getName());
    }

    /**
     * @param texts every name, type and string that it has
     * @param members names of methods and fields that it is linked to
     */
    private record Constants(Collection<String> texts, List<String> members) {}

    /** What is in a class file's constant pool (JVM specification, 4.4). */
    private static Constants constants(Path file) throws IOException {
        Map<Integer, String> texts = new HashMap<>();
        List<Integer> names = new ArrayList<>();
        try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
            in.readInt();
            in.readInt();
            int count = in.readUnsignedShort();
            for (int i = 1; i < count; i++) {
                int tag = in.readUnsignedByte();
                switch (tag) {
                    case 1 -> texts.put(i, in.readUTF());
                    case 3, 4, 9, 10, 11, 17, 18 -> in.readInt();
                    case 5, 6 -> {
                        in.readLong();
                        i++;
                    }
                    case 7, 8, 16, 19, 20 -> in.readUnsignedShort();
                    case 12 -> {
                        names.add(in.readUnsignedShort());
                        in.readUnsignedShort();
                    }
                    case 15 -> {
                        in.readUnsignedByte();
                        in.readUnsignedShort();
                    }
                    default -> throw new IOException("tag " + tag + " in " + file);
                }
            }
        }
        return new Constants(
                texts.values(),
                names.stream().map(name -> texts.getOrDefault(name, "")).toList());
    }
}
