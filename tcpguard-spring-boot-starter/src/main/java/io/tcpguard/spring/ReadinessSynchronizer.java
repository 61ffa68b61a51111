/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spring;

import io.tcpguard.TcpGuard;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ApplicationListener;

/**
 * Readiness is ACCEPTING_TRAFFIC only while the application says so and the verdict is up.
 *
 * <p>It publishes on a thread of its own: an application's listeners may block, and the health port must not wait for
 * them.
 */
final class ReadinessSynchronizer implements ApplicationListener<AvailabilityChangeEvent<?>>, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ReadinessSynchronizer.class);

    private final TcpGuard guard;
    private final ApplicationEventPublisher publisher;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread made = new Thread(task, "tcpguard-readiness");
        made.setDaemon(true);
        return made;
    });

    /** Until Boot's own listener has taken note of an event that this one hears first. */
    private static final long SETTLED_MILLIS = 100;

    private final ApplicationAvailability availability;

    /** What the application says. */
    private volatile ReadinessState application = ReadinessState.REFUSING_TRAFFIC;

    ReadinessSynchronizer(TcpGuard guard, ApplicationEventPublisher publisher, ApplicationAvailability availability) {
        this.guard = guard;
        this.publisher = publisher;
        this.availability = availability;
        guard.onTransition(transition -> submit(0));
        watch();
    }

    /** Once a second whatever happens: a guard that has gone blind fails open without a transition. */
    @SuppressWarnings("FutureReturnValueIgnored") // It throws nothing.
    private void watch() {
        thread.scheduleWithFixedDelay(this::step, 0, 1, TimeUnit.SECONDS);
    }

    @Override
    public void onApplicationEvent(AvailabilityChangeEvent<?> event) {
        if (event.getSource() != this && event.getState() instanceof ReadinessState said) {
            application = said;
            submit(SETTLED_MILLIS);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // It throws nothing.
    private void submit(long millis) {
        try {
            thread.schedule(this::step, millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            log.debug("The application is closed: its readiness changes no more");
        }
    }

    private void step() {
        try {
            ReadinessState now = application == ReadinessState.ACCEPTING_TRAFFIC
                            && guard.healthPage(null, false).up()
                    ? ReadinessState.ACCEPTING_TRAFFIC
                    : ReadinessState.REFUSING_TRAFFIC;
            if (now != availability.getReadinessState()) {
                AvailabilityChangeEvent.publish(publisher, this, now);
            }
        } catch (RuntimeException | Error e) {
            // Whatever escapes would end the look that comes each second; at exhaustion the JDK throws Errors.
            log.warn("A listener of the application failed on a readiness change", e);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
