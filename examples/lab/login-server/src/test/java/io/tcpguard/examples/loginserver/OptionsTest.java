/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.loginserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionsTest {
    @Test
    void hasADefaultForEverything() {
        Options options = Options.parse(List.of());

        assertThat(options)
                .isEqualTo(new Options(
                        Options.Kind.TOMCAT,
                        8080,
                        -1,
                        0,
                        -1,
                        0,
                        0,
                        0,
                        true,
                        WorkPlan.always(10),
                        new LeakPlan(0, 0, LeakPlan.NEVER),
                        Map.of()));
    }

    @Test
    void takesAllThatItNames() {
        String line =
                "--server netty --port 0 --health-port 8081 --max-connections 800 --descriptors-more 2 --notice 6 "
                        + "--finish 10 --guard off --work-ms 25 "
                        + "--slow-work-ms 2500 --slow-at 7"
                        + " --slow-until 8 --slow-every 40 --leak 10 --leak-at 5 --leak-until 60 --set idleFloor=4s "
                        + "--set allow=10.0.0.0/8,::1";

        Options options = Options.parse(List.of(line.split(" ", -1)));

        assertThat(options)
                .isEqualTo(new Options(
                        Options.Kind.NETTY,
                        0,
                        8081,
                        800,
                        -1,
                        2,
                        6,
                        10,
                        false,
                        new WorkPlan(25, 2500, 7, 8, 40),
                        new LeakPlan(10, 5, 60),
                        Map.of("idleFloor", "4s", "allow", "10.0.0.0/8,::1")));
    }

    @ParameterizedTest
    @CsvSource({
        "--server jetty, tomcat or netty",
        "--port 65536, from 0 to 65535",
        "--port -1, from 0 to 65535",
        "--port eighty, from 0 to 65535",
        "--guard maybe, on or off",
        "--work-ms 60001, from 0 to 60000",
        "--set idleFloor, NAME=VALUE",
        "--set =4s, NAME=VALUE",
        "--colour red, no option --colour",
        "--port, an option and its value",
        "--port 81 --health-port 81, another port",
        "--slow-at 9 --slow-until 8, --slow-at or later",
        "--slow-at 7 --slow-until 9 --slow-every 1, no less than from",
        "--slow-port 82 --server netty, with --server tomcat",
        "--descriptors-more 2, with --server netty",
        "--leak 1 --leak-at 9 --leak-until 8, --leak-at or later"
    })
    void namesWhatIsWrongAndWhatIsAllowed(String line, String expected) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse(List.of(line.split(" ", -1))))
                .withMessageContaining(line.split(" ", -1)[0].equals("--leak") ? "--leak-until" : "--")
                .withMessageContaining(expected);
    }
}
