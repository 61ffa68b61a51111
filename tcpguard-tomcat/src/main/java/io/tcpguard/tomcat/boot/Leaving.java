package io.tcpguard.tomcat.boot;

import io.tcpguard.TcpGuard;
import io.tcpguard.tomcat.TomcatGuard;
import java.time.Duration;
import org.springframework.context.SmartLifecycle;

/** Fails health when the application stops, before the web server does (its phases are lower), and waits as long as was asked for. */
final class Leaving implements SmartLifecycle {
    private final TcpGuard guard;
    private final TomcatCustomizer customizer;
    private final Duration notice;
    private final Duration finish;
    private volatile boolean running;

    Leaving(TcpGuard guard, TomcatCustomizer customizer, Duration notice, Duration finish) {
        this.guard = guard;
        this.customizer = customizer;
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
            TomcatGuard.drain(guard, customizer.connectors(), notice, finish);
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
