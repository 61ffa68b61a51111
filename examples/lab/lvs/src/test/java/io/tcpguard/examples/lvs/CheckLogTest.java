/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.lvs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CheckLogTest {
    /** As keepalived 2.2.7 writes it, beginning and both kinds of removal. */
    private static final String LOG =
            """
            Sun Nov 22 11:22:52 2026: Gained quorum 1+0=1 <= 200 for VS [10.97.0.100]:tcp:8080
            Sun Nov 22 11:22:52 2026: Activating healthchecker for service [10.97.0.11]:tcp:8080 for VS [10.97.0.100]:tcp:8080
            Sun Nov 22 11:22:53 2026: Remote Web server [10.97.0.11]:tcp:8080 succeed on service.
            Sun Nov 22 11:23:11 2026: HTTP_CHECK on service [10.97.0.12]:tcp:8080 failed after 1 retries.
            Sun Nov 22 11:23:11 2026: Removing service [10.97.0.12]:tcp:8080 from VS [10.97.0.100]:tcp:8080
            Sun Nov 22 11:23:20 2026: Adding service [10.97.0.12]:tcp:8080 to VS [10.97.0.100]:tcp:8080
            Sun Nov 22 11:23:44 2026: Disabling service [10.97.0.12]:tcp:8080 of VS [10.97.0.100]:tcp:8080
            Sun Nov 22 11:23:48 2026: Enabling service [10.97.0.12]:tcp:8080 of VS [10.97.0.100]:tcp:8080
            """;

    @Test
    void countsRemovalsAndInhibitionsAndNothingElse() {
        assertThat(CheckLog.events(LOG)).isEqualTo(new CheckLog.Events(2, 2));
    }

    @Test
    void leavesOutALineThatIsStillBeingWritten() {
        assertThat(CheckLog.events("Sun Nov 22 11:23:11 2026: Removing service [10.97.0.12]:tcp:80"))
                .isEqualTo(new CheckLog.Events(0, 0));
    }

    @Test
    void tellsOnlyWhatIsNewSinceTheStart() {
        assertThat(new CheckLog.Events(5, 4).since(new CheckLog.Events(2, 3))).isEqualTo(new CheckLog.Events(3, 1));
    }
}
