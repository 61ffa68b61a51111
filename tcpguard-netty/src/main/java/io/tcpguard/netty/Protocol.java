/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

/** What a refused client is told on a guarded port. */
public enum Protocol {
    /**
     * The client is answered in the protocol that its first bytes show: 503 with {@code Retry-After} in HTTP/1, GOAWAY
     * in HTTP/2 with prior knowledge. TLS and whatever else gets an orderly close, since an answer in clear would be
     * noise to it.
     */
    HTTP,
    /** No answer: an orderly close. */
    OTHER
}
