/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spring;

import io.tcpguard.TcpGuard;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * The guard as an endpoint of Actuator, {@code tcpguard}: read it, {@code /details}, {@code /advice}, {@code /incident}; write {@code
 * /drain} (with a reason, if you like) and {@code /resume}. Exposed only where the application says so, as Boot's others.
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
            case "advice" -> Map.of("lines", lines(guard.advice().text(false)));
            case "incident" -> Map.of("lines", lines(guard.incident().orElse("")));
            default -> null;
        };
    }

    // Boot 3.5 knows an optional parameter by this annotation only, Boot 4 by any of the name.
    /**
     * Drains or resumes; 400 if it is neither.
     *
     * @param reason why it drains; for people
     */
    @WriteOperation
    public Map<String, @Nullable Object> operate(
            @Selector String operation, @org.springframework.lang.Nullable String reason) {
        switch (operation) {
            case "drain" -> guard.drain(reason == null || reason.isBlank() ? "drained by Actuator" : reason);
            case "resume" -> guard.resume();
            // Null would be 204: as if it had been done.
            default ->
                throw new InvalidEndpointRequestException(
                        "There is no operation " + operation, "operation: drain or resume");
        }
        return Map.of("draining", guard.status().drainReason().isPresent());
    }

    private static List<String> lines(String text) {
        return text.lines().toList();
    }
}
