/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.tcpguard.testkit.Ended;
import io.tcpguard.testkit.JavaChild;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a JVM that restricts native access (JEP 472) says of a guard, on a JDK 25. */
@EnabledOnOs(OS.LINUX)
class NativeAccessTest {
    private static final Path JDK_25 = Path.of(System.getProperty("jdk25.home", "/usr/lib/jvm/temurin-25-jdk-amd64"));
    private static final String FLAG = "--enable-native-access=ALL-UNNAMED";
    private static final String DENY = "--illegal-native-access=deny";

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void byDefaultTheJvmWarnsOfNothingAndOneLineNamesTheFlag(boolean netty) throws Exception {
        String said = guard(netty);

        assertThat(said).doesNotContain("WARNING").contains("queues by table").contains("guard NORMAL");
        assertThat(said.lines().filter(line -> line.contains(FLAG))).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whereNativeAccessIsDeniedTheGuardStartsWithoutIt(boolean netty) throws Exception {
        String said = guard(netty, DENY);

        assertThat(said).doesNotContain("WARNING").contains("queues by table").contains("guard NORMAL");
        assertThat(said.lines().filter(line -> line.contains(FLAG))).hasSize(1);
    }

    @Test
    void withTheFlagQueuesAreExactWhateverElseIsDenied() throws Exception {
        for (List<String> flags : List.of(List.of(FLAG), List.of(FLAG, DENY))) {
            String said = guard(false, flags.toArray(new String[0]));

            assertThat(said).contains("queues by ForeignSocketCalls").contains("guard NORMAL");
            assertThat(said).doesNotContain("WARNING").doesNotContain(FLAG);
        }
        assertThat(guard(true, FLAG, DENY))
                .contains("queues by NettySocketCalls")
                .doesNotContain("restricted");
    }

    private String guard(boolean netty, String... flags) throws IOException, InterruptedException {
        assumeThat(JDK_25.resolve("bin/java")).as("a JDK 25 (-Djdk25.home)").exists();
        List<String> command =
                new ArrayList<>(List.of(JDK_25.resolve("bin/java").toString()));
        command.addAll(List.of(flags));
        command.addAll(List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp"));
        command.add(netty ? JavaChild.classPath() : ChildJvm.classPathWithoutNetty());
        command.add(NativeAccessChild.class.getName());
        return Ended.of(command).well();
    }
}
