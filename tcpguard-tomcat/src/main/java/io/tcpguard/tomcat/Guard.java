package io.tcpguard.tomcat;

import io.tcpguard.TcpGuard;
import io.tcpguard.admission.GuardedListener;
import io.tcpguard.admission.ListenerControl;
import io.tcpguard.config.Network;
import io.tcpguard.config.Setting;
import io.tcpguard.state.Admission;
import java.util.List;
import java.util.concurrent.Executor;

/** As much of {@link TcpGuard} as a connector needs. */
interface Guard {

    GuardedListener listen(String name, int port, ListenerControl control);

    AutoCloseable watchWork(String name, Executor executor);

    Admission admitRequest();

    /** Whether TIME_WAIT is short, so that the server must not be the first to close. */
    boolean resetsOnly();

    /** Peers that are never refused. */
    List<Network> allowed();

    static Guard of(TcpGuard guard) {
        return new Real(guard, guard.config().networks(Setting.ALLOW));
    }

    /** Equal if the guard is the same. */
    record Real(TcpGuard guard, List<Network> allowed) implements Guard {
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
        public boolean resetsOnly() {
            return guard.snapshot().resetsOnly();
        }
    }
}
