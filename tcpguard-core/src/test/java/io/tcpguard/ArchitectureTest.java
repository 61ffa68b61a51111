/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** kernel → probe → reading → pressure → level → actions: nothing points back. */
class ArchitectureTest {
    private static final JavaClasses CORE = new ClassFileImporter()
            .importUrl(TcpGuard.class.getProtectionDomain().getCodeSource().getLocation());

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "signal | signal",
                "state | state,signal",
                "config | config",
                "spi | spi,state",
                "internal.text | internal.text",
                "advisor | advisor,internal.text,internal.linux,internal.probe,signal,config",
                "internal.meters | internal.meters,state,signal",
                "metrics | metrics,,internal.meters,state,signal",
                "internal.probe | internal.probe,signal",
                "internal.linux | internal.linux,internal.text,internal.probe,signal",
                "internal.engine | internal.engine,signal,state,config",
                "internal.admission | internal.admission,internal.text,internal.probe,spi,state,config,signal",
                "internal.io | internal.io,internal.meters,internal.text,internal.probe,spi,state,config,signal",
                "internal.sampling | internal.sampling,internal.probe,internal.engine,internal.admission,spi,state,"
                        + "config,signal",
                "internal.report.incident | internal.report.incident,internal.text,internal.probe,advisor,state,signal",
                "internal.report.history | internal.report.history,internal.text,state,signal",
                "internal.report | internal.report,internal.report.incident,internal.io,internal.text,internal.probe,"
                        + "advisor,spi,state,signal",
                "internal.runtime | "
                        + "internal.runtime,internal.jmx,internal.text,internal.sampling,internal.report,internal.io,"
                        + "internal.admission,internal.engine,internal.linux,internal.meters,internal.jfr,"
                        + "internal.probe,internal.report.incident,internal.report.history,advisor,spi,state,config,"
                        + "signal",
                "internal.jfr | internal.jfr,state,signal",
                "jmx | jmx",
                "internal.jmx | internal.jmx,jmx,state,signal",
                " | ,internal.runtime,internal.report,internal.io,internal.probe,advisor,spi,state,config,signal",
            })
    void letsEachPackageUseOnlyWhatComesBeforeIt(@Nullable String from, String allowed) {
        String[] inside = java.util.Arrays.stream(allowed.split(","))
                .map(ArchitectureTest::named)
                .toArray(String[]::new);
        ArchRule rule = classes()
                .that()
                .resideInAPackage(named(from))
                .should()
                .onlyDependOnClassesThat(describe(
                        "are in " + String.join(", ", inside) + " or outside tcpguard",
                        c -> !c.getPackageName().startsWith("io.tcpguard")
                                || java.util.Arrays.asList(inside).contains(c.getPackageName())))
                .allowEmptyShould(true);

        rule.check(CORE);
    }

    @Test
    void hasNoCircleOfPackages() {
        slices().matching("(io.tcpguard..)").should().beFreeOfCycles().check(CORE);
    }

    private static String named(@Nullable String part) {
        return part == null || part.isEmpty() ? "io.tcpguard" : "io.tcpguard." + part;
    }

    @Test
    void readsTheClockOnlyAtTheEdge() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.tcpguard.internal.engine", "io.tcpguard.internal.admission", "io.tcpguard.state")
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .check(CORE);
    }

    /** Ages are told apart from this clock: one of another, which runs on in a pause, would lie in the future. */
    @Test
    void goesByAwakeTimeWhereSnapshotsAreMadeAndTold() {
        noClasses()
                .that()
                .resideInAnyPackage("io.tcpguard", "io.tcpguard.internal.runtime", "io.tcpguard.internal.report..")
                .should()
                .accessTargetWhere(describe(
                        "is System.nanoTime",
                        access -> access.getTargetOwner().isEquivalentTo(System.class)
                                && access.getTarget().getName().equals("nanoTime")))
                .check(CORE);
    }

    @Test
    void keepsInternalsOutOfWhatUsersSee() {
        noClasses()
                .that()
                .resideInAnyPackage("io.tcpguard.signal", "io.tcpguard.state", "io.tcpguard.config", "io.tcpguard.spi")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.tcpguard.internal..")
                .check(CORE);
    }

    @Test
    void leavesNothingButTheDoorInTheRoot() {
        assertThat(CORE.stream()
                        .filter(c -> c.getPackageName().equals("io.tcpguard"))
                        .map(JavaClass::getSimpleName)
                        .filter(name -> !name.equals("package-info")))
                .containsExactlyInAnyOrder("TcpGuard", "GuardBuilder");
    }
}
