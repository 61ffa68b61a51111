/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.figures;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** The middle of several measurements, and how far they lie apart. */
record Median(double middle, double least, double most) {

    /** Of each value to the one that was measured next to it. */
    static Median ofRatios(List<Double> values, List<Double> beside) {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            ratios.add(values.get(i) / beside.get(i));
        }
        return of(ratios);
    }

    /** As ratios stand in a table. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.3f (%.3f–%.3f)", middle, least, most);
    }

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
