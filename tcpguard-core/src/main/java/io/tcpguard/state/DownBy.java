/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.state;

/**
 * What kind of cause takes a server out. Who sees the whole pool goes by it: a fact and an operator are to be obeyed, a
 * judgement that many servers share is a reason to leave for the first of them only.
 */
public enum DownBy {
    /** It is up. */
    NOBODY,
    /**
     * The guard judged by signals: work that does not come back, descriptors that something else took. Others may judge
     * the same.
     */
    SIGNALS,
    /** A listener does not serve, or has not yet: a fact. */
    LISTENER,
    /** An operator said so, or it stops. */
    OPERATOR
}
