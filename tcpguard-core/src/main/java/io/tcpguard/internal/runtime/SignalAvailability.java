/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.runtime;

import io.tcpguard.internal.sampling.SampleTurn;
import io.tcpguard.spi.ListenerControl;
import java.util.List;

/**
 * Whether anybody still looks: takes the sample instead of a sampler that is late, and asks the listeners where none
 * can be taken.
 */
final class SignalAvailability {
    private final SampleTurn turn;
    private final List<ListenerControl> controls;

    /** @param controls of the listeners that are guarded now */
    SignalAvailability(SampleTurn turn, List<ListenerControl> controls) {
        this.turn = turn;
        this.controls = controls;
    }

    /** Any thread; one sample at a time. Never throws. */
    void renewIfLate(long now) {
        turn.takeIfLate(now);
    }

    boolean blind(long now) {
        return turn.blind(now);
    }

    /**
     * Whether all listeners say that they accept and serve, asked now; while memory is out, nobody is believed.
     * Allocates nothing.
     */
    boolean listenersServe() {
        if (turn.outOfMemory()) {
            return false;
        }
        try {
            for (int i = 0; i < controls.size(); i++) {
                ListenerControl control = controls.get(i);
                if (!control.accepting() || !control.serving()) {
                    return false;
                }
            }
            return true;
        } catch (RuntimeException | Error e) {
            return false;
        }
    }
}
