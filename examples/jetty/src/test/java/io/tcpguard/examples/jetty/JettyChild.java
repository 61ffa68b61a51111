/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.jetty;

import io.tcpguard.testkit.JavaChild;
import io.tcpguard.testkit.OutputChild;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;

/** {@link JettyMain} as a child JVM with a hard limit of descriptors. */
final class JettyChild extends OutputChild {
    private static final Pattern PORTS = Pattern.compile("^ports ([0-9]+) (-?[0-9]+)");

    JettyChild(int descriptors, String... arguments) throws IOException {
        super(JavaChild.command(
                descriptors,
                List.of("-Xmx160m", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData"),
                JavaChild.classPath(),
                JettyMain.class,
                arguments));
    }

    int port() {
        return Integer.parseInt(awaitSaid(PORTS).group(1));
    }

    int healthPort() {
        return Integer.parseInt(awaitSaid(PORTS).group(2));
    }

    boolean ranOut() {
        return said("Too many open files");
    }
}
