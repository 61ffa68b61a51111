/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spring;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Has Boot say what is wrong in a paragraph, without a stack trace. */
final class WrongPropertyAnalyzer extends AbstractFailureAnalyzer<WrongPropertyException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, WrongPropertyException cause) {
        return new FailureAnalysis(
                "tcpguard can't use its configuration: " + cause.getMessage(),
                "Correct the properties, or set " + GuardProperties.PREFIX + ".enabled=false.",
                cause);
    }
}
