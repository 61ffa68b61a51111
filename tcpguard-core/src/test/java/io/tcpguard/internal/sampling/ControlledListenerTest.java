/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.internal.admission.ListenerCounts;
import io.tcpguard.spi.ListenerControl;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ControlledListenerTest {
    private @Nullable Throwable broken;
    private final ListenerCounts counts = new ListenerCounts();
    private final ControlledListener listener = new ControlledListener("http", new Control(), counts);

    @Test
    void passesOnWhatTheAdapterSays() {
        counts.accepts().add(3);

        assertThat(listener.accepting()).isFalse();
        assertThat(listener.full()).isTrue();
        assertThat(listener.untrackedConnections()).isEqualTo(7);
        assertThat(listener.accepts()).isEqualTo(10);
    }

    /** At the limit of descriptors the JDK throws an InternalError. */
    @ParameterizedTest
    @ValueSource(classes = {IllegalStateException.class, NoClassDefFoundError.class, InternalError.class})
    void keepsToTheLastWordOfAnAdapterThatFails(Class<? extends Throwable> how) throws Exception {
        listener.full();
        listener.accepting();
        listener.untrackedConnections();
        broken = how.getConstructor(String.class).newInstance("broken");

        assertThat(listener.accepting()).isFalse();
        assertThat(listener.full()).isTrue();
        assertThat(listener.accepts()).isEqualTo(7);
    }

    @Test
    void countsAsServingUntilItHasSaidAnything() {
        broken = new IllegalStateException("broken");

        assertThat(listener.accepting()).isTrue();
        assertThat(listener.full()).isFalse();
        assertThat(listener.accepts()).isZero();
    }

    private final class Control implements ListenerControl {
        @Override
        public boolean accepting() {
            return say(false);
        }

        @Override
        public boolean full() {
            return say(true);
        }

        @Override
        public int untrackedConnections() {
            return say(7);
        }

        private <T> T say(T word) {
            if (broken instanceof Error e) {
                throw e;
            }
            if (broken instanceof RuntimeException e) {
                throw e;
            }
            return word;
        }
    }
}
