package io.tcpguard;

import io.tcpguard.admission.ListenerControl;
import io.tcpguard.internal.engine.Listening;
import java.util.concurrent.atomic.LongAdder;

/**
 * What the engine hears of one listener.
 *
 * @param asked how many accepts the guard was asked about
 */
record ControlledListener(ListenerControl control, LongAdder asked) implements Listening {
    @Override
    public boolean accepting() {
        return control.accepting();
    }

    /** Connections that come without a question show progress by their number. */
    @Override
    public long accepts() {
        return asked.sum() + control.unasked();
    }

    @Override
    public boolean full() {
        return control.full();
    }

    @Override
    public int unasked() {
        return control.unasked();
    }
}
