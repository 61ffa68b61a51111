package io.tcpguard.advisor;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Rows of {@code /proc/net/tcp} and {@code tcp6} (proc_net_tcp.rst): state, local port and inode of each socket. */
record SocketTable(List<Row> rows) {

    private static final int LOCAL = 1;
    private static final int STATE = 3;
    private static final int INODE = 9;

    /** State numbers of include/net/tcp_states.h that the census needs. */
    enum State {
        ESTABLISHED(1),
        SYN_RECV(3),
        FIN_WAIT2(5),
        TIME_WAIT(6),
        CLOSE_WAIT(8),
        LISTEN(10);

        private final int code;

        State(int code) {
            this.code = code;
        }
    }

    record Row(int state, int port, long inode) {}

    /** Parses the text; lines that are not rows are passed over. */
    static SocketTable parse(String text) {
        List<Row> rows = new ArrayList<>();
        for (String line : text.split("\n", -1)) {
            String[] columns = line.strip().split("\\s+", -1);
            if (columns.length > INODE && columns[0].endsWith(":")) {
                int colon = columns[LOCAL].lastIndexOf(':');
                rows.add(new Row(
                        Integer.parseInt(columns[STATE], 16),
                        Integer.parseInt(columns[LOCAL].substring(colon + 1), 16),
                        Long.parseLong(columns[INODE])));
            }
        }
        return new SocketTable(rows);
    }

    SocketTable and(SocketTable other) {
        List<Row> all = new ArrayList<>(rows);
        all.addAll(other.rows);
        return new SocketTable(all);
    }

    /** Only the sockets with these inodes. */
    SocketTable of(Set<Long> inodes) {
        return new SocketTable(
                rows.stream().filter(r -> inodes.contains(r.inode())).toList());
    }

    long count(State state) {
        return rows.stream().filter(r -> r.state() == state.code).count();
    }

    /** Ports that are listened on, each once. */
    List<Integer> listening() {
        return rows.stream()
                .filter(r -> r.state() == State.LISTEN.code)
                .map(Row::port)
                .distinct()
                .sorted()
                .toList();
    }
}
