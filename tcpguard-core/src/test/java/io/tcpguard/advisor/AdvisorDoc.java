/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Writes {@code docs/reference/advisor.md} from the rules. */
final class AdvisorDoc {

    private static final String HEAD =
            """
            # What the advisor checks

            <!-- Made from tcpguard-core/src/main/resources/io/tcpguard/advisor/rules.txt; don't edit. Update:
                 mvn -pl tcpguard-core test -Dtcpguard.update-docs=true -Dtest=AdvisorDocTest -->

            `java -jar tcpguard-core-VERSION.jar doctor [--json] [--pid N]` judges these settings where it runs. Cases are tried from
            the top; the first that holds decides, and if none does the setting is fine.

            | judgement | what it says |
            | --- | --- |
            | dangerous | it breaks healthy connections, or one burst takes the server down |
            | warn | it will hurt under load |
            | advise | another value would serve better; nothing breaks |
            | ok | nothing to do |
            | not applicable | it does not exist on this kernel or can't be seen from this container; the finding says which |

            Exit codes for scripts: 0 nothing will hurt, 1 a warning, 2 something dangerous, 64 wrong arguments, 69 nothing to examine.

            """;

    private final StringBuilder out = new StringBuilder(HEAD);

    static String of(List<Rule> rules) {
        AdvisorDoc doc = new AdvisorDoc();
        doc.table(rules);
        rules.forEach(doc::rule);
        return doc.out.toString();
    }

    private void table(List<Rule> rules) {
        line("| setting | kernels | should be |");
        line("| --- | --- | --- |");
        for (Rule rule : rules) {
            line("| [`" + rule.setting() + "`](#" + rule.setting().replace(".", "") + ") | " + rule.kernels() + " | "
                    + target(rule) + " |");
        }
    }

    private void rule(Rule rule) {
        line("");
        line("## " + rule.setting());
        line("");
        line(capital(rule.what()) + ".");
        line("");
        line("- Kernels: " + rule.kernels() + "; " + scope(rule) + ".");
        rule.changes().forEach(c -> line("- Changed in " + c + "."));
        rule.cases()
                .forEach(c -> line("- **" + c.judgement().words() + "** if " + c.words() + ": " + c.message() + "."));
        line("- Else ok: " + rule.ok() + ".");
        line("- For the process: " + rule.here() + ".");
        if (!(rule.target() instanceof Target.Words)) {
            line("- Should be: " + target(rule) + ".");
        }
        rule.how().forEach(h -> line("- Do: " + h));
        line("- Risk: " + rule.risk() + ".");
        line("- Source: " + rule.source() + ".");
    }

    private static String scope(Rule rule) {
        return switch (rule.scope()) {
            case NAMESPACE -> "each network namespace, and so each container, has its own";
            case HOST -> "one for the machine";
            case PROCESS -> "of the process";
        };
    }

    private static String target(Rule rule) {
        return rule.target() instanceof Target.Words && rule.how().isEmpty()
                ? "–"
                : rule.target().words();
    }

    private static String capital(String text) {
        return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }

    private void line(String line) {
        out.append(line.lines().collect(Collectors.joining(" "))).append('\n');
    }
}
