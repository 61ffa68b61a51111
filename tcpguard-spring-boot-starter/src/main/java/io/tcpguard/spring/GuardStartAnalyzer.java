/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spring;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Has Boot say which port is taken, and what to do. */
final class GuardStartAnalyzer extends AbstractFailureAnalyzer<GuardStartException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, GuardStartException cause) {
        return new FailureAnalysis(
                "tcpguard can't start: " + cause.getMessage() + ".",
                "Stop what listens on that port: another process, or another application context of this one, which "
                        + "needs a health port"
                        + " of its own. Or give this application another (" + GuardProperties.PREFIX
                        + ".health-port; 0: any free one; -1: none), or switch the guard off (" + GuardProperties.PREFIX
                        + ".enabled=false).",
                cause);
    }
}
