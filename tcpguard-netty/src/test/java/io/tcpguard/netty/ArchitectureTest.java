/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.tcpguard.testkit.AdapterRules;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArchitectureTest {

    @Test
    void usesOfTheCoreOnlyWhatItExports() {
        AdapterRules.check(NettyGuard.class);
    }

    /** Any other class that named one of these would not work where the jar is absent: {@code instanceof} loads. */
    @ParameterizedTest
    @CsvSource({
        "io.netty.handler.codec.http2, Codecs",
        "io.netty.handler.codec.http, Codecs|NettyGuard|Http2Work",
        "io.netty.handler.codec.haproxy, Codecs",
        "io.netty.handler.ssl, Codecs|WorkFinder",
        "io.netty.channel.epoll, Codecs",
        "io.netty.channel.unix, Codecs",
    })
    void classesThatNeedAJarAreNamedOnlyWhereItIsAskedFor(String needed, String allowed) {
        JavaClasses ours = new ClassFileImporter()
                .importUrl(
                        NettyGuard.class.getProtectionDomain().getCodeSource().getLocation());
        Set<JavaClass> need = ours.stream()
                .filter(c -> c.getDirectDependenciesFromSelf().stream()
                        .anyMatch(d -> d.getTargetClass().getPackageName().equals(needed)))
                .map(ArchitectureTest::topLevel)
                .collect(Collectors.toSet());
        Set<String> named = new TreeSet<>();
        for (JavaClass ourClass : ours) {
            for (Dependency d : ourClass.getDirectDependenciesFromSelf()) {
                if (need.contains(topLevel(d.getTargetClass())) && !need.contains(topLevel(ourClass))) {
                    named.add(topLevel(ourClass).getSimpleName() + " names "
                            + d.getTargetClass().getSimpleName());
                }
            }
        }
        assertThat(named).filteredOn(n -> !n.matches("(" + allowed + ") .*")).isEmpty();
    }

    private static JavaClass topLevel(JavaClass c) {
        return c.getEnclosingClass().map(ArchitectureTest::topLevel).orElse(c);
    }
}
