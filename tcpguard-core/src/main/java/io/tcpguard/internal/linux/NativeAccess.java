/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whether this process lets Java call native code without a complaint of the JVM (JEP 472, {@code
 * --enable-native-access}). Who did not allow it gets neither a warning nor, with {@code --illegal-native-access=deny},
 * a failure from the guard.
 */
final class NativeAccess {
    /** {@code java.lang.foreign} and {@code Module.isNativeAccessEnabled} are final. */
    static final int FOREIGN_SINCE = 22;

    /** Loading a JNI library without being allowed to prints a warning. */
    private static final int JNI_RESTRICTED_SINCE = 24;

    private static final int FEATURE = Runtime.version().feature();

    private NativeAccess() {}

    /** For {@code java.lang.foreign}. */
    static boolean foreign() {
        return FEATURE >= FOREIGN_SINCE && enabled(NativeAccess.class.getModule());
    }

    /**
     * For a JNI library that a class loads. A library that the application has loaded already is no news to the JVM.
     */
    static boolean jni(Class<?> loader, String library) {
        return FEATURE < JNI_RESTRICTED_SINCE || enabled(loader.getModule()) || mapped(library);
    }

    /** What a start of Java lacks for {@link #foreign()}; empty if nothing, or if it would not help. */
    static Optional<String> missingFlag() {
        Module module = NativeAccess.class.getModule();
        return FEATURE < FOREIGN_SINCE || enabled(module)
                ? Optional.empty()
                : Optional.of("--enable-native-access=" + (module.isNamed() ? module.getName() : "ALL-UNNAMED"));
    }

    private static boolean enabled(Module module) {
        try {
            return (boolean) Module.class.getMethod("isNativeAccessEnabled").invoke(module);
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }

    private static boolean mapped(String library) {
        try (Stream<String> maps = Files.lines(new File("/proc/self/maps").toPath(), StandardCharsets.ISO_8859_1)) {
            return maps.anyMatch(line -> line.contains(library));
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }
}
