/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The commands and files that follow a rule's advice. */
final class Remedy {

    static final String FILE = "/etc/sysctl.d/60-tcpguard.conf";

    private Remedy() {}

    static List<String> of(Rule rule, Machine machine) {
        List<String> lines = new ArrayList<>();
        Optional<String> value =
                rule.target().on(machine, Value.number(rule, machine).orElse(0));
        if (value.isPresent() && !value.equals(Value.of(rule, machine))) {
            lines.addAll(setting(rule, value.get(), machine.container() || machine.ownNetworkNamespace()));
        } else if (rule.target() instanceof Target.Kernels) {
            lines.add("take " + rule.setting()
                    + " out of /etc/sysctl.conf and /etc/sysctl.d/*.conf, then restart the machine");
        }
        rule.how().forEach(h -> lines.add(new Template(h).on(rule, machine)));
        return lines;
    }

    private static List<String> setting(Rule rule, String value, boolean container) {
        String name = rule.setting();
        String now = "sysctl -w " + name + "=" + quoted(value);
        String file = FILE + ": " + name + " = " + value;
        return switch (rule.scope()) {
            case PROCESS -> List.of();
            case HOST ->
                container ? List.of("on the machine, not in here: " + now, "there, " + file) : List.of(now, file);
            case NAMESPACE ->
                container
                        ? List.of(
                                "docker run --sysctl " + name + "=" + quoted(value),
                                "Kubernetes, spec.securityContext.sysctls: {name: " + name + ", value: \"" + value
                                        + "\"} (the kubelet may have to allow it: --allowed-unsafe-sysctls)")
                        : List.of(now, file);
        };
    }

    private static String quoted(String value) {
        return value.contains(" ") ? '"' + value + '"' : value;
    }
}
