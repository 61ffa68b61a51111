/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.advisor.AdvisorTextsFuzz;
import io.tcpguard.config.SettingsFuzz;
import io.tcpguard.internal.io.DatagramFuzz;
import io.tcpguard.internal.io.HealthPortFuzz;
import io.tcpguard.internal.linux.ProcTextsFuzz;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What fuzzing found, and what it began with, again: each saved input as it is, and torn, spliced and flipped by a
 * fixed seed. A coverage-guided run of one target: {@code mvn test-compile exec:exec -Pfuzz -pl tcpguard-core
 * -Dfuzz.target=…}.
 */
class FuzzCorpusTest {
    private static final Path CORPUS = Path.of("src/test/resources/fuzz");
    private static final int LONGEST = 6_000;

    static Stream<Arguments> targets() {
        return Stream.of(
                Arguments.of("HealthPortFuzz", 300, (Consumer<byte[]>) HealthPortFuzz::fuzzerTestOneInput),
                Arguments.of("DatagramFuzz", 50, (Consumer<byte[]>) DatagramFuzz::fuzzerTestOneInput),
                Arguments.of("ProcTextsFuzz", 50, (Consumer<byte[]>) ProcTextsFuzz::fuzzerTestOneInput),
                Arguments.of("AdvisorTextsFuzz", 300, (Consumer<byte[]>) AdvisorTextsFuzz::fuzzerTestOneInput),
                Arguments.of("SettingsFuzz", 300, (Consumer<byte[]>) SettingsFuzz::fuzzerTestOneInput));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("targets")
    void nothingThatWasEverFoundAndNothingNearItBreaksAParser(String target, int times, Consumer<byte[]> parser)
            throws IOException {
        List<byte[]> inputs = saved(target);
        assertThat(inputs).isNotEmpty();
        Random random = new Random(target.hashCode());
        for (byte[] input : inputs) {
            run(parser, input);
            for (int i = 0; i < times; i++) {
                run(parser, changed(input, inputs.get(random.nextInt(inputs.size())), random));
            }
        }
    }

    private static List<byte[]> saved(String target) throws IOException {
        try (Stream<Path> files = Files.list(CORPUS.resolve(target))) {
            List<Path> sorted = files.sorted().toList();
            byte[][] inputs = new byte[sorted.size()][];
            for (int i = 0; i < inputs.length; i++) {
                inputs[i] = Files.readAllBytes(sorted.get(i));
            }
            return List.of(inputs);
        }
    }

    private static void run(Consumer<byte[]> parser, byte[] input) {
        try {
            parser.accept(input);
        } catch (RuntimeException | Error e) {
            throw new AssertionError("input: " + HexFormat.of().formatHex(input), e);
        }
    }

    private static byte[] changed(byte[] input, byte[] other, Random random) {
        byte[] made = input.clone();
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            int at = random.nextInt(made.length + 1);
            switch (random.nextInt(5)) {
                case 0 -> made = Arrays.copyOf(made, at);
                case 1 -> made = joined(made, at, other, random.nextInt(other.length + 1));
                case 2 -> made = joined(made, at, made, Math.max(0, at - random.nextInt(20)));
                case 3 -> {
                    if (at < made.length) {
                        made[at] ^= (byte) (1 << random.nextInt(8));
                    }
                }
                default -> {
                    if (at < made.length) {
                        made[at] = (byte) "0;:=/.,9\n \r-".charAt(random.nextInt(12));
                    }
                }
            }
        }
        return made.length > LONGEST ? Arrays.copyOf(made, LONGEST) : made;
    }

    private static byte[] joined(byte[] one, int end, byte[] other, int begin) {
        byte[] made = Arrays.copyOf(one, end + other.length - begin);
        System.arraycopy(other, begin, made, end, other.length - begin);
        return made;
    }
}
