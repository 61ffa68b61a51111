/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import java.io.CharArrayWriter;
import java.util.List;
import org.apache.catalina.valves.AbstractAccessLogValve;

/** Tomcat's access log: request, status, bytes of the body, and who refused. */
final class AccessLog extends AbstractAccessLogValve {
    private final List<String> lines;

    AccessLog(List<String> lines) {
        this.lines = lines;
        setPattern("%r %s %B %{X-Tcpguard}o");
    }

    @Override
    protected void log(CharArrayWriter line) {
        lines.add(line.toString());
    }
}
