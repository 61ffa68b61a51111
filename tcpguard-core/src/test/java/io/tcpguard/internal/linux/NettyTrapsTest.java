/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class NettyTrapsTest {

    /** It opens for writing, creates and truncates: never for a look at a file. */
    @Test
    void nothingOpensAFileByNettysFileDescriptor() {
        noClasses()
                .that()
                .resideInAPackage("io.tcpguard..")
                .should()
                .callMethod("io.netty.channel.unix.FileDescriptor", "from", "java.lang.String")
                .orShould()
                .callMethod("io.netty.channel.unix.FileDescriptor", "from", "java.io.File")
                .because("FileDescriptor.from truncates what it opens")
                .check(new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("io.tcpguard"));
    }
}
