/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.lvs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TraceTest {
    @Test
    void comesBackFromItsFilesAsItWasWithWhatTheServersLogged(@TempDir Path directory) throws IOException {
        Canned.stock().store(directory);
        Files.write(directory.resolve("rs1.log"), List.of("ready:", "java.io.IOException: Too many open files"));
        Files.write(directory.resolve("rs2.log"), List.of("java.io.IOException: Too many open files"));
        Files.write(directory.resolve("director.log"), List.of("Too many open files"));

        Trace loaded = Trace.load(directory);

        Trace stored = Canned.stock();
        assertThat(loaded).isEqualTo(new Trace(stored.title(), stored.plan(), stored.seconds(), stored.events(), 2));
    }

    @Test
    void isRecoveredOnceTheUsersAreBackForGood() {
        assertThat(Canned.stock().recovered()).hasValue(86 - 72);
        assertThat(Canned.guarded().recovered()).hasValue(1);
    }

    @Test
    void isNotRecoveredWhenTheyAreGoneAgainAtTheEnd() {
        Trace stock = Canned.stock();
        List<Second> cut = stock.seconds().subList(0, 80);

        assertThat(new Trace("cut", stock.plan(), cut, stock.events(), 0).recovered())
                .isEmpty();
    }

    @Test
    void refusesALineThatIsNoSecond() {
        assertThatThrownBy(() -> Second.parse("1,2,3"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'1,2,3'");
        assertThatThrownBy(() -> Second.parse("1,2,x,4,5,6,7,8,9,10"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(Second.HEADER);
    }
}
