/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spring;

import io.tcpguard.TcpGuard;
import io.tcpguard.signal.Signal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * The guard as an endpoint of Actuator, {@code tcpguard}: read it, {@code /details}, {@code /advice}, {@code
 * /incident}; write {@code /drain} (with a reason, if you like), {@code /resume}, {@code /rehearse}, {@code
 * /end-rehearsal} and {@code /forget} (a source). Exposed only where the application says so, as Boot's others.
 */
@Endpoint(id = "tcpguard")
final class TcpGuardEndpoint {
    private final TcpGuard guard;

    TcpGuardEndpoint(TcpGuard guard) {
        this.guard = guard;
    }

    /** In short. */
    @ReadOperation
    public Map<String, @Nullable Object> guard() {
        return GuardInFigures.summary(guard);
    }

    /** One part; null, which is 404, if there is none of that name. */
    @ReadOperation
    public @Nullable Map<String, @Nullable Object> part(@Selector String part) {
        return switch (part) {
            case "details" -> GuardInFigures.details(guard);
            case "advice" -> Map.of("lines", lines(guard.advice().text()));
            case "incident" -> Map.of("lines", lines(guard.incident().orElse("")));
            default -> null;
        };
    }

    // Boot 3.5 knows an optional parameter by this annotation only, Boot 4 by any of the name.
    /**
     * Drains, resumes, rehearses or forgets a source; 400 if it is none of them.
     *
     * @param reason why it drains; for people
     * @param signal what is played in a rehearsal
     * @param pressure how far: used by limit
     * @param seconds how long
     * @param source address whose marks are forgotten
     */
    @WriteOperation
    public Map<String, @Nullable Object> operate(
            @Selector String operation,
            @org.springframework.lang.Nullable String reason,
            @org.springframework.lang.Nullable Signal signal,
            @org.springframework.lang.Nullable Double pressure,
            @org.springframework.lang.Nullable Long seconds,
            @org.springframework.lang.Nullable String source) {
        switch (operation) {
            case "drain" -> guard.drain(reason == null || reason.isBlank() ? "drained by Actuator" : reason);
            case "resume" -> guard.resume();
            case "rehearse" -> rehearse(signal, pressure, seconds);
            case "end-rehearsal" -> guard.endRehearsal();
            case "forget" -> {
                return Map.of("forgotten", forget(source));
            }
            // Null would be 204: as if it had been done.
            default ->
                throw new InvalidEndpointRequestException(
                        "There is no operation " + operation,
                        "operation: drain, resume, rehearse, end-rehearsal or forget");
        }
        return Map.of(
                "draining",
                guard.status().drainReason().isPresent(),
                "rehearsal",
                guard.snapshot().rehearsal());
    }

    private boolean forget(@Nullable String source) {
        try {
            return guard.forgetSource(source == null ? "" : source);
        } catch (IllegalArgumentException e) {
            throw new InvalidEndpointRequestException(String.valueOf(e.getMessage()), "source: an address", e);
        }
    }

    private void rehearse(@Nullable Signal signal, @Nullable Double pressure, @Nullable Long seconds) {
        if (signal == null || pressure == null || seconds == null) {
            throw new InvalidEndpointRequestException(
                    "A rehearsal needs signal, pressure and seconds", "signal, pressure, seconds");
        }
        try {
            guard.rehearse(signal, pressure, Duration.ofSeconds(seconds));
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new InvalidEndpointRequestException(String.valueOf(e.getMessage()), "rehearse", e);
        }
    }

    private static List<String> lines(String text) {
        return text.lines().toList();
    }
}
