/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.testkit;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.Set;

/** What a module beside the core may use of tcpguard: what is exported, and its own classes. */
public final class AdapterRules {
    private static final Set<String> EXPORTED = Set.of(
            "io.tcpguard",
            "io.tcpguard.spi",
            "io.tcpguard.state",
            "io.tcpguard.signal",
            "io.tcpguard.config",
            "io.tcpguard.metrics",
            "io.tcpguard.advisor");

    private AdapterRules() {}

    /**
     * Checks all classes that were compiled together with this one.
     *
     * @param others base packages of other modules that this one may use, too
     */
    public static void check(Class<?> door, String... others) {
        Set<String> used = Set.of(others);
        String own = door.getPackageName();
        classes()
                .that()
                .resideInAPackage("io.tcpguard..")
                .should()
                .onlyDependOnClassesThat(DescribedPredicate.describe(
                        "are exported by the core or in " + own + ", " + used,
                        c -> !isIn("io.tcpguard", c)
                                || EXPORTED.contains(c.getPackageName())
                                || isIn(own, c)
                                || used.stream().anyMatch(other -> isIn(other, c))))
                .check(new ClassFileImporter()
                        .importUrl(door.getProtectionDomain().getCodeSource().getLocation()));
    }

    private static boolean isIn(String base, JavaClass type) {
        return (type.getPackageName() + '.').startsWith(base + '.');
    }
}
