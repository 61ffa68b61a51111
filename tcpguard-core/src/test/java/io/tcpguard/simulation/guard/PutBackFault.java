/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.simulation.guard;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * The shipped classes with one text of their sources replaced: compiled anew, and loaded apart from those that all
 * other tests use.
 */
final class PutBackFault extends ClassLoader {
    private static final Path SOURCES = Path.of("src", "main", "java");
    private static final String OURS = "io.tcpguard.";

    private final Path changed;

    private PutBackFault(Path changed) {
        super(PutBackFault.class.getClassLoader());
        this.changed = changed;
    }

    /**
     * @param is as the sources say it, in exactly one of them
     * @param was as they said it once, or might
     * @param to where the changed class goes
     */
    static PutBackFault of(String is, String was, Path to) throws IOException {
        Path source = onlyOneWith(is);
        String text = Files.readString(source).replace(is, was);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter complaints = new StringWriter();
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        boolean compiled = compiler.getTask(
                        complaints,
                        null,
                        null,
                        List.of("-proc:none", "-nowarn", "-d", to.toString(), "-cp", classPath),
                        null,
                        List.of(new Text(source, text)))
                .call();
        if (!compiled) {
            throw new IllegalStateException("does not compile: " + complaints);
        }
        return new PutBackFault(to);
    }

    private static Path onlyOneWith(String text) throws IOException {
        try (Stream<Path> all = Files.walk(SOURCES)) {
            List<Path> with = all.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> read(file).contains(text))
                    .toList();
            if (with.size() != 1) {
                throw new IllegalStateException("in " + with.size() + " sources: " + text + " (expected: in one)");
            }
            return with.get(0);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Calls {@link GuardTrial#firstBroken} of the classes in here. */
    String firstBroken(long firstSeed, int seeds) throws ReflectiveOperationException {
        Method method = loadClass(GuardTrial.class.getName()).getDeclaredMethod("firstBroken", long.class, int.class);
        method.setAccessible(true);
        return (String) method.invoke(null, firstSeed, seeds);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(OURS)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> there = findLoadedClass(name);
            return there == null ? define(name) : there;
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        String file = name.replace('.', '/') + ".class";
        try {
            byte[] bytes;
            if (Files.exists(changed.resolve(file))) {
                bytes = Files.readAllBytes(changed.resolve(file));
            } else {
                try (InputStream shipped = getParent().getResourceAsStream(file)) {
                    if (shipped == null) {
                        throw new ClassNotFoundException(name);
                    }
                    bytes = shipped.readAllBytes();
                }
            }
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }

    private static final class Text extends SimpleJavaFileObject {
        private final String text;

        Text(Path source, String text) {
            super(URI.create("string:///" + SOURCES.relativize(source)), JavaFileObject.Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
