/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.loginserver;

import io.tcpguard.testkit.JavaChild;
import io.tcpguard.testkit.OutputChild;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** A guarded {@link LoginServer} as a child JVM with few descriptors. */
final class LoginChild extends OutputChild {
    static final int DESCRIPTORS = 256;
    private static final Pattern READY = Pattern.compile("^ready: \\w+ port=(\\d+) health-port=(\\d+) ");

    final int port;
    final int healthPort;

    /** @param kind tomcat or netty */
    LoginChild(String kind, List<String> jvm, String... more) throws IOException {
        super(command(kind, jvm, more));
        port = Integer.parseInt(awaitSaid(READY).group(1));
        healthPort = Integer.parseInt(awaitSaid(READY).group(2));
    }

    private static List<String> command(String kind, List<String> jvm, String... more) {
        List<String> arguments = new ArrayList<>(List.of("--server", kind, "--port", "0", "--health-port", "0"));
        arguments.addAll(List.of(more));
        List<String> options = new ArrayList<>(List.of("-XX:-MaxFDLimit"));
        options.addAll(jvm);
        return JavaChild.command(
                DESCRIPTORS, options, JavaChild.classPath(), LoginServer.class, arguments.toArray(String[]::new));
    }

    @Override
    public void close() throws IOException {
        try {
            terminate();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            super.close();
        }
    }
}
