/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spring;

import java.util.Objects;

/** The guard can't start: a port that it was to listen on is taken, or its address is not this machine's. */
final class GuardStartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    GuardStartException(IllegalStateException cause) {
        super(Objects.requireNonNullElse(cause.getMessage(), cause.toString()), cause);
    }
}
