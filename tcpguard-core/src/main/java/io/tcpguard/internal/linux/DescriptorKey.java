/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

/**
 * What a descriptor is, and where.
 *
 * @param kind what it is
 * @param place of a file its directory, of a socket its peer's address, of anything else its name
 * @param port of a socket's peer, or of the listener that it came by; 0: none
 */
record DescriptorKey(DescriptorKind kind, String place, int port) {
    static final DescriptorKey UNSEEN = new DescriptorKey(DescriptorKind.OTHER, "of a kind that can't be seen", 0);

    private static final String DELETED = " (deleted)";
    private static final String SOCKET = "socket:[";
    private static final String ANONYMOUS = "anon_inode:";

    enum DescriptorKind {
        FILE,
        DELETED_FILE,
        CLIENT_SOCKET,
        SOCKET,
        UNIX_SOCKET,
        NAMELESS_SOCKET,
        /** Everything that its name tells all of. */
        OTHER
    }

    /** The number in {@code socket:[N]}; -1 if it is no socket. */
    static long socketInode(String name) {
        if (!name.startsWith(SOCKET) || !name.endsWith("]")) {
            return -1;
        }
        try {
            return Long.parseLong(name.substring(SOCKET.length(), name.length() - 1));
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    static DescriptorKey ofName(String name) {
        if (name.startsWith("/memfd:")) {
            return new DescriptorKey(DescriptorKind.OTHER, "files in memory (memfd)", 0);
        }
        if (name.startsWith("/")) {
            boolean deleted = name.endsWith(DELETED);
            String path = deleted ? name.substring(0, name.length() - DELETED.length()) : name;
            // The kernel forgets the names of /proc/PID/net at once (fs/proc/proc_net.c, pde_force_lookup): nobody
            // deleted them.
            boolean gone = deleted && !path.startsWith("/proc/");
            return new DescriptorKey(gone ? DescriptorKind.DELETED_FILE : DescriptorKind.FILE, parent(path), 0);
        }
        if (name.startsWith(ANONYMOUS)) {
            return new DescriptorKey(
                    DescriptorKind.OTHER,
                    switch (name.substring(ANONYMOUS.length()).replace("[", "").replace("]", "")) {
                        case "eventpoll" -> "epoll instances (selectors)";
                        case "inotify" -> "inotify instances (watched directories)";
                        case "eventfd" -> "eventfds (wake-ups of selectors)";
                        case "timerfd" -> "timers (timerfd)";
                        case "io_uring" -> "io_uring instances";
                        default -> name;
                    },
                    0);
        }
        int colon = name.indexOf(':');
        String kind = colon < 0 ? name : name.substring(0, colon);
        return new DescriptorKey(DescriptorKind.OTHER, kind.equals("pipe") ? "ends of pipes" : kind, 0);
    }

    static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash <= 0 ? "/" : path.substring(0, slash);
    }
}
