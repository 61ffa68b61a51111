/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spi;

import java.util.ArrayList;
import java.util.List;

/**
 * Loads classes before they are needed: a class path may hold directories, and of those none can be loaded when no
 * descriptor is left. An eviction that lacks one frees nothing then. The guard does so for its own; an adapter does for
 * those that accept, refuse and close.
 */
public final class Preload {
    private Preload() {}

    /**
     * Loads and initializes them. Any thread; never throws.
     *
     * @param loader of the module that has them
     * @param packageName theirs
     * @param names in that package, separated by spaces; of nested ones as in {@code Outer$Inner}
     * @return those that could not be loaded: they are loaded when needed, as without this
     */
    public static List<String> load(ClassLoader loader, String packageName, String names) {
        List<String> missing = new ArrayList<>();
        for (String name : names.split(" ", -1)) {
            try {
                Class.forName(packageName + '.' + name, true, loader);
            } catch (ClassNotFoundException | LinkageError e) {
                missing.add(name);
            }
        }
        return missing;
    }
}
