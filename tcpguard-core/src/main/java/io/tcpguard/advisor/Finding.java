/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import java.util.List;

/**
 * One rule applied to one machine.
 *
 * @param setting name of the kernel setting, such as {@code net.core.somaxconn}, or of the fact, such as {@code
 *     descriptors}
 * @param judgement the verdict
 * @param value what was found, as the kernel writes it; empty if there is nothing
 * @param message why the judgement is what it is, one sentence or two
 * @param meaning what the setting means for this very process
 * @param remedy what to do, one command or file in each line; empty unless something is to be done
 * @param kernels which kernels have the setting, and since when it means something else
 * @param risk what following the remedy may cost
 * @param source kernel documentation file, kernel source file, man page or RFC
 */
public record Finding(
        String setting,
        Judgement judgement,
        String value,
        String message,
        String meaning,
        List<String> remedy,
        String kernels,
        String risk,
        String source) {

    /** Copies the list. */
    public Finding {
        remedy = List.copyOf(remedy);
    }

    /** True if only the circumstances differ. */
    boolean saysTheSameAs(Finding other) {
        return setting.equals(other.setting) && judgement == other.judgement && message.equals(other.message);
    }
}
