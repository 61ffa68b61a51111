/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.spi.ListenerControl;
import java.lang.reflect.Method;
import org.junit.jupiter.api.Test;

class FormerConnectionsTest {

    /** A default in place of an adapter's answer would be seen by nobody. */
    @Test
    void leavesNoQuestionOfTheGuardToADefault() throws Exception {
        for (Method asked : ListenerControl.class.getMethods()) {
            Method answered = FormerConnections.class.getMethod(asked.getName(), asked.getParameterTypes());
            assertThat(answered.getDeclaringClass()).as(asked.getName()).isEqualTo(FormerConnections.class);
        }
    }
}
