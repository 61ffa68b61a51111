/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import io.tcpguard.Golden;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class AdvisorDocTest {

    @Test
    void saysWhatTheRulesSay() throws IOException {
        Golden.check(
                Path.of("../docs/reference/advisor.md"),
                AdvisorDoc.of(RuleBook.standard().all()));
    }
}
