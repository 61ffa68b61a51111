/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import io.tcpguard.internal.text.JsonText;
import java.util.List;
import java.util.OptionalLong;

/** The advisor's findings as JSON. */
final class JsonReport {
    private final Machine machine;
    private final List<Finding> findings;
    private final int exitCode;

    JsonReport(Machine machine, List<Finding> findings, int exitCode) {
        this.machine = machine;
        this.findings = findings;
        this.exitCode = exitCode;
    }

    String text() {
        return JsonText.object(json -> json.member("process", machine.process())
                .member("kernel", machine.release())
                .member("container", machine.container())
                .object("facts", this::facts)
                .array("listeners", machine.listeners(), JsonReport::listener)
                .strings("notes", machine.notes())
                .member("exitCode", exitCode)
                .array("findings", findings, JsonReport::finding));
    }

    private void facts(JsonText json) {
        for (Fact fact : Fact.values()) {
            OptionalLong number = machine.fact(fact);
            if (fact != Fact.KERNEL && number.isPresent()) {
                json.member(fact.key(), number);
            }
        }
    }

    private static void listener(JsonText json, Listening listener) {
        json.member("name", listener.name())
                .member("port", listener.port())
                .member("asked", listener.asked())
                .member("inForce", listener.inForce());
    }

    private static void finding(JsonText json, Finding finding) {
        json.member("setting", finding.setting())
                .member("judgement", finding.judgement().name())
                .member("value", finding.value())
                .member("message", finding.message())
                .member("meaning", finding.meaning())
                .strings("remedy", finding.remedy())
                .member("kernels", finding.kernels())
                .member("risk", finding.risk())
                .member("source", finding.source());
    }
}
