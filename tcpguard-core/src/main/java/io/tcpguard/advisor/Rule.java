/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One setting as {@code rules.txt} describes it.
 *
 * @param setting kernel setting or key of a {@link Fact}
 * @param since first kernel that has it; null if all do
 * @param until last kernel that had it; null if the newest does
 * @param changes when its meaning or default changed, in words
 * @param what what it is, in words
 * @param here what it means for this process; a template
 * @param cases tried in order, the first that holds decides
 * @param ok why it is good as it is, when no case holds; a template
 */
record Rule(
        String setting,
        @Nullable KernelVersion since,
        @Nullable KernelVersion until,
        List<String> changes,
        RuleScope scope,
        Field field,
        String what,
        String here,
        List<Case> cases,
        String ok,
        Target target,
        List<String> how,
        String risk,
        String source) {

    /** Whose setting it is. */
    enum RuleScope {
        /** Each network namespace, so each container, has its own. */
        NAMESPACE,
        /** There is one for the machine; a container can't change it and often can't see it. */
        HOST,
        /** It belongs to the process. */
        PROCESS
    }

    /** If all conditions hold, the judgement is this. The message is a template. */
    record Case(Judgement judgement, List<Condition> conditions, String message) {
        String words() {
            return conditions.stream().map(Condition::words).collect(Collectors.joining(" and "));
        }
    }

    /** The fact that this rule judges, if it is not about a kernel setting. */
    Optional<Fact> fact() {
        return Fact.named(setting);
    }

    /** Which kernels have it, in words. */
    String kernels() {
        if (until != null) {
            return "up to " + until;
        }
        return since != null ? "since " + since : "all";
    }

    /** {@link #kernels()} and the changes of its meaning. */
    String history() {
        return changes.isEmpty() ? kernels() : kernels() + "; changed in " + String.join("; in ", changes);
    }

    /** True for conntrack's settings, which exist only while its module is loaded. */
    boolean ofModule() {
        return setting.startsWith("net.netfilter.") || setting.startsWith("net.ipv4.vs.");
    }

    /** True for settings that belong to the network stack, which a process sees by its namespace. */
    boolean ofNetwork() {
        return setting.startsWith("net.");
    }
}
