package io.tcpguard.netty;

import io.tcpguard.TcpGuard;
import io.tcpguard.admission.GuardedListener;
import io.tcpguard.admission.ListenerControl;
import io.tcpguard.state.Admission;
import io.tcpguard.state.GuardSnapshot;
import java.util.concurrent.Executor;

/** What the handlers ask of the guard; scripted in tests. */
interface Policy {
    GuardedListener listen(String name, int port, ListenerControl control);

    AutoCloseable watchWork(String name, Executor executor);

    Admission admitRequest();

    GuardSnapshot snapshot();

    /** The policy of a guard. */
    static Policy of(TcpGuard guard) {
        return new OfGuard(guard);
    }

    /** The real one. */
    record OfGuard(TcpGuard guard) implements Policy {
        @Override
        public GuardedListener listen(String name, int port, ListenerControl control) {
            return guard.listen(name, port, control);
        }

        @Override
        public AutoCloseable watchWork(String name, Executor executor) {
            return guard.watchWork(name, executor);
        }

        @Override
        public Admission admitRequest() {
            return guard.admitRequest();
        }

        @Override
        public GuardSnapshot snapshot() {
            return guard.snapshot();
        }
    }
}
