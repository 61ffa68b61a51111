/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Holds a module's {@code reachability-metadata.json}, which GraalVM's native-image reads from the jar, against the
 * module's sources: each use of reflection, proxies, resources, JMX and foreign functions is in the file, under the
 * condition that the class that does it is reached, and what the file names exists. No native image is built by this.
 */
public final class NativeImageHints {
    private static final Path SOURCES = Path.of("src/main/java");
    private static final Pattern USE =
            Pattern.compile("Class\\.forName\\(|\\.loadClass\\(|\\.getMethods?\\(|\\.getDeclaredMethods?\\("
                    + "|\\.getFields?\\(|\\.getDeclaredFields?\\(|\\.get(Declared)?Constructors?\\("
                    + "|\\bgetDeclaredConstructor\\("
                    + "|Proxy\\.newProxyInstance\\(|\\.getResources?\\(|\\.getResourceAsStream\\("
                    + "|ServiceLoader\\.load|ResourceBundle\\."
                    + "|\\.find(VarHandle|StaticVarHandle|Virtual|Static|Special|Constructor|Getter"
                    + "|Setter)\\(|\\.unreflect\\w*\\("
                    + "|\\.registerMBean\\(|Array\\.newInstance\\(|\"downcallHandle\"|ObjectInputStream|System\\.load");
    private static final Pattern MEMBER = Pattern.compile("\\.get(?:Declared)?(Method|Field)\\(\\s*\"(\\w+)\"");
    private static final Pattern FIELD_BY_ARGUMENT = Pattern.compile("\\.getField\\(\\s*[^\"\\s]");
    private static final Pattern CONSTANT = Pattern.compile("\"([A-Z][A-Z_]+)\"");
    private static final Pattern CLASS_NAME = Pattern.compile("\"((?:[a-z]\\w*\\.)+[A-Z][\\w$]*)\"");
    private static final Pattern RESOURCE =
            Pattern.compile("\\.getResource(?:AsStream)?\\(\\s*(\"[^\"]+\"|\\w+)\\s*\\)");
    private static final Pattern FUNCTION = Pattern.compile("\\.function\\(\\s*\"\\w+\"((?:,\\s*\"JAVA_\\w+\")*)\\)");

    private final Map<?, ?> metadata;
    private final Set<String> explained;

    private NativeImageHints(Map<?, ?> metadata, Set<String> explained) {
        this.metadata = metadata;
        this.explained = explained;
    }

    /**
     * Of this module.
     *
     * @param explained classes whose reflection a native image does not want, each with its reason beside the call
     */
    public static void assertComplete(String artifact, Set<String> explained) throws Exception {
        String file = "META-INF/native-image/io.tcpguard/" + artifact + "/reachability-metadata.json";
        NativeImageHints hints = new NativeImageHints(
                Json.object(Files.readString(Path.of("src/main/resources").resolve(file))), explained);
        hints.namesWhatTheSourcesUse();
        hints.namesNothingThatIsNotThere();
    }

    private void namesWhatTheSourcesUse() throws IOException {
        Set<String> users = new TreeSet<>();
        List<String> missing = new ArrayList<>();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                String source = withoutComments(Files.readString(file));
                if (!USE.matcher(source).find()) {
                    continue;
                }
                String user =
                        SOURCES.relativize(file).toString().replace('/', '.').replaceFirst("\\.java$", "");
                users.add(user);
                if (!explained.contains(user)) {
                    look(user, source, missing);
                }
            }
        }
        assertThat(missing)
                .as("uses that reachability-metadata.json does not name")
                .isEmpty();
        assertThat(users).as("classes that are explained do use reflection").containsAll(explained);
        assertThat(users)
                .as("classes that are conditions do use reflection")
                .containsAll(
                        conditions().filter(c -> c.startsWith("io.tcpguard.")).toList());
    }

    private void look(String user, String source, List<String> missing) {
        List<Map<?, ?>> entries = entries("reflection", user).toList();
        List<Map<?, ?>> resources = entries("resources", user).toList();
        if (entries.isEmpty() && resources.isEmpty()) {
            missing.add(user);
            return;
        }
        Set<String> members = new TreeSet<>();
        MEMBER.matcher(source).results().map(m -> m.group(2)).forEach(members::add);
        if (FIELD_BY_ARGUMENT.matcher(source).find()) {
            CONSTANT.matcher(source).results().map(m -> m.group(1)).forEach(members::add);
        }
        for (String member : members) {
            if (entries.stream().noneMatch(e -> hasMember(e, member))) {
                missing.add(user + " uses the member " + member);
            }
        }
        for (MatchResult name : CLASS_NAME.matcher(source).results().toList()) {
            if (source.contains("forName")
                    && entries.stream().noneMatch(e -> name.group(1).equals(e.get("type")))) {
                missing.add(user + " uses the class " + name.group(1));
            }
        }
        for (MatchResult found : RESOURCE.matcher(source).results().toList()) {
            String name = resource(user, source, found.group(1));
            if (resources.stream().noneMatch(r -> name.equals(r.get("glob")))) {
                missing.add(user + " uses the resource " + name);
            }
        }
        if (source.contains("Proxy.newProxyInstance(")
                && entries.stream().noneMatch(e -> e.get("type") instanceof Map)) {
            missing.add(user + " makes proxies");
        }
        for (MatchResult function : FUNCTION.matcher(source).results().toList()) {
            List<String> parameters = CONSTANT.matcher(function.group(1))
                    .results()
                    .map(m -> m.group(1).equals("JAVA_INT") ? "jint" : "jlong")
                    .toList();
            if (downcalls()
                    .noneMatch(d -> "jint".equals(d.get("returnType")) && parameters.equals(d.get("parameterTypes")))) {
                missing.add(user + " calls a function with " + parameters);
            }
        }
    }

    private static boolean hasMember(Map<?, ?> entry, String name) {
        return Boolean.TRUE.equals(entry.get("allPublicMethods"))
                || Stream.of("methods", "fields")
                        .flatMap(kind -> entry.get(kind) instanceof List<?> list ? list.stream() : Stream.empty())
                        .anyMatch(member -> member instanceof Map<?, ?> map && name.equals(map.get("name")));
    }

    /** As {@link Class#getResource} resolves it; a class loader's names are whole. */
    private static String resource(String user, String source, String argument) {
        String name = argument;
        if (!argument.startsWith("\"")) {
            name = Pattern.compile("\\b" + argument + "\\s*=\\s*(\"[^\"]+\")")
                    .matcher(source)
                    .results()
                    .map(m -> m.group(1))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(user + ": what is " + argument + "?"));
        }
        name = name.substring(1, name.length() - 1);
        return name.startsWith("META-INF/")
                ? name
                : user.substring(0, user.lastIndexOf('.')).replace('.', '/') + "/" + name;
    }

    private void namesNothingThatIsNotThere() throws ClassNotFoundException {
        List<String> wrong = new ArrayList<>();
        for (Map<?, ?> entry : entries("reflection").toList()) {
            if (entry.get("type") instanceof String name) {
                Class<?> type = find(name);
                if (type == null) {
                    if (!mayBeAbsent(name)) {
                        wrong.add("no class " + name);
                    }
                } else {
                    members(entry, "methods").filter(m -> !hasMethod(type, m)).forEach(m -> wrong.add(name + "#" + m));
                    members(entry, "fields").filter(f -> !hasField(type, f)).forEach(f -> wrong.add(name + "." + f));
                }
            }
        }
        for (Map<?, ?> entry : entries("resources").toList()) {
            String glob = String.valueOf(entry.get("glob"));
            if (!glob.startsWith("META-INF/")
                    && NativeImageHints.class.getClassLoader().getResource(glob) == null) {
                wrong.add("no resource " + glob);
            }
        }
        conditions().filter(c -> find(c) == null && !mayBeAbsent(c)).forEach(c -> wrong.add("no condition " + c));
        assertThat(wrong)
                .as("reachability-metadata.json names what is not there")
                .isEmpty();
    }

    /** Of another JDK, of the other Boot, of an optional library. */
    private static boolean mayBeAbsent(String name) {
        return (name.startsWith("java.lang.foreign.") && Runtime.version().feature() < 22)
                || name.startsWith("org.springframework.boot.")
                || name.startsWith("javax.servlet.")
                || name.startsWith("io.netty.");
    }

    private static @Nullable Class<?> find(String name) {
        boolean array = name.endsWith("[]");
        try {
            Class<?> type = Class.forName(
                    array ? name.substring(0, name.length() - 2) : name,
                    false,
                    NativeImageHints.class.getClassLoader());
            return array ? type.arrayType() : type;
        } catch (ClassNotFoundException | LinkageError e) {
            return null;
        }
    }

    private static Stream<String> members(Map<?, ?> entry, String kind) {
        return entry.get(kind) instanceof List<?> list
                ? list.stream().map(member -> String.valueOf(((Map<?, ?>) member).get("name")))
                : Stream.empty();
    }

    private static boolean hasMethod(Class<?> type, String name) {
        if (name.equals("<init>")) {
            return type.getDeclaredConstructors().length > 0;
        }
        for (Class<?> at = type; at != null; at = at.getSuperclass()) {
            if (Stream.of(at.getDeclaredMethods()).map(Method::getName).anyMatch(name::equals)) {
                return true;
            }
        }
        return Stream.of(type.getMethods()).map(Method::getName).anyMatch(name::equals)
                // Since 22.
                || (name.equals("isNativeAccessEnabled") && Runtime.version().feature() < 22);
    }

    private static boolean hasField(Class<?> type, String name) {
        return Stream.concat(Stream.of(type.getDeclaredFields()), Stream.of(type.getFields()))
                .map(Field::getName)
                .anyMatch(name::equals);
    }

    private Stream<String> conditions() {
        return Stream.concat(entries("reflection"), entries("resources")).map(NativeImageHints::condition);
    }

    private static String condition(Map<?, ?> entry) {
        return entry.get("condition") instanceof Map<?, ?> condition
                ? String.valueOf(condition.get("typeReached"))
                : "";
    }

    /** Under the condition that this class is reached. */
    private Stream<Map<?, ?>> entries(String section, String user) {
        return entries(section).filter(entry -> condition(entry).equals(user));
    }

    private Stream<Map<?, ?>> entries(String section) {
        return maps(metadata.get(section));
    }

    private Stream<Map<?, ?>> downcalls() {
        return metadata.get("foreign") instanceof Map<?, ?> foreign ? maps(foreign.get("downcalls")) : Stream.empty();
    }

    private static Stream<Map<?, ?>> maps(@Nullable Object list) {
        return list instanceof List<?> items ? items.stream().map(item -> (Map<?, ?>) item) : Stream.empty();
    }

    private static String withoutComments(String source) {
        return source.replaceAll("(?s)/\\*.*?\\*/", "").replaceAll("(?m)^\\s*//.*$", "");
    }
}
