/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a module lets others see, line by line: public types outside {@code internal}, their public and protected
 * members. A change of it is accepted by a run with {@code -Dapi.update=true}, which writes the file anew; the
 * difference is then in the commit for all to see.
 */
public final class PublicApi {
    private final Path classes;

    private PublicApi(Path classes) {
        this.classes = classes;
    }

    /**
     * Compares the module's API with the text of the version that is to come.
     *
     * @param inside any class of the module
     * @param kept the text, below {@code api/} of the tree
     */
    public static void assertKept(Class<?> inside, String kept) throws Exception {
        Path file = Path.of("../api").resolve(kept);
        List<String> now = new PublicApi(folder(inside)).lines();
        if (Boolean.getBoolean("api.update")) {
            Files.createDirectories(file.toAbsolutePath().normalize().getParent());
            Files.write(file, now);
        }
        assertThat(now)
                .as("the API is that of api/%s; -Dapi.update=true accepts another", kept)
                .containsExactlyElementsOf(Files.readAllLines(file));
    }

    private static Path folder(Class<?> inside) throws URISyntaxException {
        return Path.of(
                inside.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    private List<String> lines() throws IOException, ClassNotFoundException {
        List<Class<?>> types = new ArrayList<>();
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.sorted().toList()) {
                String name = classes.relativize(file).toString().replace('/', '.');
                if (name.endsWith(".class") && !name.contains(".internal.") && !name.endsWith("-info.class")) {
                    Class<?> type = Class.forName(
                            name.substring(0, name.length() - ".class".length()),
                            false,
                            getClass().getClassLoader());
                    if (visible(type)) {
                        types.add(type);
                    }
                }
            }
        }
        List<String> lines = new ArrayList<>();
        types.stream()
                .map(PublicApi::describe)
                .sorted((a, b) -> a.get(0).compareTo(b.get(0)))
                .forEach(lines::addAll);
        return lines;
    }

    private static boolean visible(Class<?> type) {
        Class<?> outer = type.getDeclaringClass();
        return !type.isAnonymousClass()
                && !type.isLocalClass()
                && seen(type.getModifiers())
                && (outer == null || visible(outer));
    }

    private static boolean seen(int modifiers) {
        return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
    }

    private static List<String> describe(Class<?> type) {
        List<String> members = new ArrayList<>();
        for (Field field : type.getDeclaredFields()) {
            add(members, field, field, field.toGenericString());
        }
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            add(members, constructor, constructor, constructor.toGenericString());
        }
        for (Method method : type.getDeclaredMethods()) {
            add(members, method, method, method.toGenericString());
        }
        Collections.sort(members);
        members.add(0, head(type));
        return members;
    }

    private static void add(List<String> members, Member member, AnnotatedElement annotated, String text) {
        if (seen(member.getModifiers()) && !member.isSynthetic()) {
            members.add("  " + deprecated(annotated) + text.replace("java.lang.", ""));
        }
    }

    /** Not by {@code toGenericString}, of which newer JDKs say more. */
    private static String head(Class<?> type) {
        StringBuilder line = new StringBuilder(type.getName()).append(": ").append(deprecated(type));
        int shown = type.getModifiers() & (Modifier.classModifiers() & ~Modifier.STRICT);
        line.append(Modifier.toString(shown)).append(' ').append(kind(type)).append(type.isSealed() ? " sealed" : "");
        line.append(listed(" of ", type.getTypeParameters()));
        Type parent = type.getGenericSuperclass();
        if (parent != null && parent != Object.class) {
            line.append(" extends ").append(parent.getTypeName());
        }
        return line.append(listed(" implements ", type.getGenericInterfaces()))
                .toString()
                .replace("java.lang.", "");
    }

    private static String kind(Class<?> type) {
        if (type.isInterface()) {
            return type.isAnnotation() ? "annotation" : "interface";
        }
        return type.isEnum() ? "enum" : type.isRecord() ? "record" : "class";
    }

    private static String listed(String before, Type[] types) {
        return types.length == 0
                ? ""
                : before + Arrays.stream(types).map(Type::getTypeName).collect(Collectors.joining(", "));
    }

    private static String deprecated(AnnotatedElement element) {
        return element.isAnnotationPresent(Deprecated.class) ? "@Deprecated " : "";
    }
}
