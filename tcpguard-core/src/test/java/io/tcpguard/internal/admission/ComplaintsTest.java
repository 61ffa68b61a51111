package io.tcpguard.internal.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

class ComplaintsTest {
    private static final long MINUTE = 60_000_000_000L;

    private int lines;
    private boolean unloggable;
    private final Complaints complaints = new Complaints((Logger) Proxy.newProxyInstance(
            Logger.class.getClassLoader(), new Class<?>[] {Logger.class}, (proxy, method, arguments) -> {
                if (unloggable) {
                    throw new NoClassDefFoundError("no descriptor to load it with");
                }
                lines++;
                return null;
            }));

    @Test
    void areSaidOnceAMinute() {
        for (long now = 0; now <= MINUTE; now += MINUTE / 60) {
            complaints.say("trouble", new IllegalStateException(), now);
        }

        assertThat(lines).isEqualTo(2);
    }

    @Test
    void neverThrowAndAreSaidAsSoonAsTheLogWorksAgain() {
        unloggable = true;
        complaints.say("trouble", new IllegalStateException(), 0);
        unloggable = false;
        complaints.say("trouble", new IllegalStateException(), 1);

        assertThat(lines).isEqualTo(1);
    }
}
