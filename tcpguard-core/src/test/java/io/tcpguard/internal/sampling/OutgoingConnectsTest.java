/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class OutgoingConnectsTest {
    private final OutgoingConnects connects = new OutgoingConnects();

    @Test
    void countWhatTheJdkSaysOfAPortThatIsNotThere() {
        connects.failed(new BindException("Cannot assign requested address"));
        // In the user's language.
        connects.failed(new BindException("Die angeforderte Adresse kann nicht zugewiesen werden"));
        // All ports taken, and the application had bound to an address first (inet_csk_get_port).
        connects.failed(new BindException("Address already in use"));
        connects.failed(new BindException());

        assertThat(connects.withoutPort()).isEqualTo(4);
    }

    @Test
    void countItByTheMessageWhereTheTypeIsAnother() {
        connects.failed(new NoRouteToHostException("Cannot assign requested address (Address not available)"));
        connects.failed(new ConnectException("connect(..) failed with error(-99): Cannot assign requested address"));

        assertThat(connects.withoutPort()).isEqualTo(2);
    }

    @Test
    void countItWhereAClientWrappedIt() {
        connects.failed(new ExecutionException(new IOException("no back end", new BindException("x"))));

        assertThat(connects.withoutPort()).isEqualTo(1);
    }

    @Test
    void doNotCountOtherFailures() {
        connects.failed(new ConnectException("Connection refused"));
        connects.failed(new SocketTimeoutException("connect timed out"));
        connects.failed(new NoRouteToHostException("No route to host"));
        connects.failed(new BindException("Permission denied"));
        connects.failed(new IOException((String) null));

        assertThat(connects.withoutPort()).isZero();
    }

    @Test
    void endWhereCausesGoInACircle() {
        IOException one = new IOException("one");
        IOException other = new IOException("other", one);
        one.initCause(other);

        connects.failed(other);

        assertThat(connects.withoutPort()).isZero();
    }
}
