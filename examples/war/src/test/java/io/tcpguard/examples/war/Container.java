/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.war;

import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.JavaChild;
import io.tcpguard.testkit.OutputChild;
import io.tcpguard.testkit.Wire;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** A Tomcat in a JVM of its own, seen from outside. */
final class Container extends OutputChild {
    private static final Pattern PORT = Pattern.compile("(?:^port |Starting ProtocolHandler .*-)([0-9]+)[,\"]");
    private static final Pattern HEALTH = Pattern.compile("Health is told on .*:([0-9]+)");

    Container(List<String> arguments) throws IOException {
        super(command(arguments));
    }

    private static List<String> command(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                JavaChild.java(),
                "-Xmx160m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                // The example's own port may be taken here.
                "-Dtcpguard.healthPort=0"));
        command.addAll(arguments);
        return command;
    }

    void await(String what, Await.Condition condition) {
        Await.until(() -> what + "; " + output(), condition);
    }

    /** Whether it answers so on a connection of its own. */
    boolean answers(String status) {
        return Wire.tryGet(lastNumber(PORT), "/").startsWith("HTTP/1.1 " + status);
    }

    /** The same of the health listener opened last. */
    boolean healthIs(String status) {
        return Wire.tryGet(lastNumber(HEALTH), "/").startsWith("HTTP/1.1 " + status);
    }

    /** What the one opened last says to whoever may know all. */
    String details() {
        return Wire.tryGet(lastNumber(HEALTH), "/details");
    }

    int port() {
        return lastNumber(PORT);
    }
}
