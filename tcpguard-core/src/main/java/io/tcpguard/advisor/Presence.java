/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import java.util.Optional;

/** Whether a rule can be judged on a machine at all, and why not. */
final class Presence {

    private Presence() {}

    /** Why the rule says nothing here; empty if the setting is there to be judged. */
    static Optional<String> absence(Rule rule, Machine machine) {
        if (rule.fact().isPresent()) {
            Fact fact = rule.fact().get();
            return machine.fact(fact).isPresent() ? Optional.empty() : Optional.of("not known here: " + fact.words());
        }
        if (machine.foreignNetwork() && rule.ofNetwork()) {
            return Optional.of("the process lives in another network namespace, whose settings can't be read from here;"
                    + " run doctor inside it (nsenter -t PID -n, or in the container)");
        }
        if (machine.text(rule.setting()).isPresent()) {
            return Optional.empty();
        }
        if (machine.exists(rule.setting())) {
            return Optional.of("it can't be read now (not allowed, or no descriptor left), or it is empty");
        }
        return Optional.of(missing(rule, machine));
    }

    private static String missing(Rule rule, Machine machine) {
        if (!machine.readable()) {
            return "there is no /proc/sys to read here";
        }
        long kernel = machine.fact(Fact.KERNEL).orElseThrow();
        if (rule.until() != null && kernel > rule.until().code()) {
            return "removed: the last kernel that had it was " + rule.until()
                    + "; take the line out of the sysctl files";
        }
        if (rule.since() != null && kernel < rule.since().code()) {
            return "this kernel is too old: it came with " + rule.since();
        }
        if (rule.ofModule()) {
            return "its kernel module is not loaded here, or not visible in this network namespace: nothing is tracked";
        }
        if (machine.ownNetworkNamespace() && rule.ofNetwork()) {
            return "not visible in this container's network namespace: the machine's value holds, look there";
        }
        return machine.container()
                ? "hidden in this container: look on the machine"
                : "this kernel was built without it";
    }
}
