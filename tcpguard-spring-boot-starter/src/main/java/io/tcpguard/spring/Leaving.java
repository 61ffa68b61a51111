package io.tcpguard.spring;

import io.tcpguard.TcpGuard;
import java.time.Duration;
import org.springframework.context.SmartLifecycle;

/** Fails health when the application stops, before the web server does (its phases are lower), and waits as long as was asked for. */
final class Leaving implements SmartLifecycle {
    private final TcpGuard guard;
    private final GuardedServers servers;
    private final Duration notice;
    private final Duration finish;
    private volatile boolean running;

    Leaving(TcpGuard guard, GuardedServers servers, Duration notice, Duration finish) {
        this.guard = guard;
        this.servers = servers;
        this.notice = notice;
        this.finish = finish;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        try {
            for (WebServerGuard adapter : servers.inUse()) {
                adapter.drain(guard, notice, finish);
            }
        } catch (InterruptedException e) {
            // Whoever interrupts wants the stop now.
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return Integer.MAX_VALUE;
    }
}
