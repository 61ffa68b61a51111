/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.lvs;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The director's table at one moment, as {@code ipvsadm -Ln} prints it. Pure.
 *
 * @param servers that are in the table; a removed one is not
 */
record IpvsTable(List<Server> servers) {
    private static final String END = "### end\n";
    private static final Pattern ROW =
            Pattern.compile("^ +-> ([0-9.]+):[0-9]+ +\\S+ +([0-9]+) +([0-9]+) +([0-9]+) *$", Pattern.MULTILINE);

    /**
     * One real server.
     *
     * @param weight 0: gets nothing new
     * @param active connections that the director holds to be alive, whether they are or not
     * @param inactive those that it saw end
     */
    record Server(String address, int weight, int active, int inactive) {}

    IpvsTable {
        servers = List.copyOf(servers);
    }

    /** The newest whole table in the director's log; empty before the first. */
    static IpvsTable newest(String log) {
        int end = log.lastIndexOf(END);
        int before = end < 0 ? -1 : log.lastIndexOf(END, end - 1);
        List<Server> servers = new ArrayList<>();
        if (end >= 0) {
            var row = ROW.matcher(log.substring(before < 0 ? 0 : before + END.length(), end));
            while (row.find()) {
                servers.add(new Server(
                        row.group(1),
                        Integer.parseInt(row.group(2)),
                        Integer.parseInt(row.group(3)),
                        Integer.parseInt(row.group(4))));
            }
        }
        return new IpvsTable(servers);
    }

    /** Servers that get new connections. */
    int in() {
        return (int) servers.stream().filter(s -> s.weight() > 0).count();
    }

    int active() {
        return servers.stream().mapToInt(Server::active).sum();
    }
}
