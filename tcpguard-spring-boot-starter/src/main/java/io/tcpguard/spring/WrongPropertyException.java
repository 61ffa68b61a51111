/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spring;

import java.util.List;

/** Properties under {@code tcpguard.} that can't be used. */
final class WrongPropertyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    WrongPropertyException(List<String> wrong) {
        super(String.join("; ", wrong));
    }
}
