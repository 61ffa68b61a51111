package io.tcpguard.examples.figures;

import java.util.Collection;

/** The middle of several measurements, and how far they lie apart. */
record Median(double middle, double least, double most) {

    /** @throws IllegalArgumentException if there is none */
    static Median of(Collection<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        if (sorted.length == 0) {
            throw new IllegalArgumentException("no value (expected: one at least)");
        }
        int half = sorted.length / 2;
        double middle = sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
        return new Median(middle, sorted[0], sorted[sorted.length - 1]);
    }
}
