/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.demo.load;

import java.util.SplittableRandom;

/**
 * How clients behave, in milliseconds.
 *
 * @param holdLeast shortest session
 * @param holdMost longest
 * @param beatLeast shortest gap between heartbeats
 * @param beatMost longest
 * @param idle mean time between logging out and wanting in again
 * @param retry mean time from a failure to the next attempt; no back-off, like the boxes that this is modelled on
 * @param connectTimeout patience until the connection stands
 * @param answerTimeout patience until the answer is there
 * @param abuserRetry mean time after which an abnormal client tries again
 */
record Timing(
        int holdLeast,
        int holdMost,
        int beatLeast,
        int beatMost,
        int idle,
        int retry,
        int connectTimeout,
        int answerTimeout,
        int abuserRetry) {

    static final Timing STANDARD = new Timing(10_000, 20_000, 1_000, 3_000, 2_000, 1_000, 3_000, 5_000, 500);

    double meanHold() {
        return (holdLeast + holdMost) / 2.0;
    }

    int hold(SplittableRandom random) {
        return random.nextInt(holdLeast, holdMost + 1);
    }

    int beat(SplittableRandom random) {
        return random.nextInt(beatLeast, beatMost + 1);
    }

    /** Half to one and a half times the mean, so that clients don't march in step. */
    static int around(int mean, SplittableRandom random) {
        return mean / 2 + random.nextInt(mean + 1);
    }
}
