/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where memory of a process is accounted (cgroups(7)): by its own cgroup, or by one above that.
 *
 * @param directory of the cgroup
 * @param second whether it is of version 2
 */
record CgroupDirectory(File directory, boolean second) {
    /** Above this version 1 means "no limit": {@code PAGE_COUNTER_MAX}, rounded to pages (mm/page_counter.c). */
    static final long NO_LIMIT = Long.MAX_VALUE >> 1;

    /**
     * Its own and all above it, by {@code /proc/PID/cgroup} and {@code /proc/PID/mountinfo}; empty if memory is
     * accounted nowhere.
     *
     * @param process {@code /proc/self}, or another's
     * @param root of the file system in which mounts are looked for
     */
    static List<CgroupDirectory> onTheWayUp(File process, Path root) {
        try {
            List<String> groups = lines(new File(process, "cgroup"));
            List<String> mounts = lines(new File(process, "mountinfo"));
            List<CgroupDirectory> first = of(groups, mounts, root, false);
            return first.isEmpty() ? of(groups, mounts, root, true) : first;
        } catch (IOException | RuntimeException e) {
            // Hidden, or not what cgroups(7) says: then there is nothing to go by, as on a machine without cgroups.
            return List.of();
        }
    }

    /**
     * The one whose limit is the lowest now; null if none has one. Opens files.
     *
     * @throws IOException if one of them can't be read just now
     */
    static @Nullable CgroupDirectory lowest(List<CgroupDirectory> groups) throws IOException {
        CgroupDirectory least = null;
        long limit = Long.MAX_VALUE;
        for (CgroupDirectory each : groups) {
            long its = each.limit();
            if (its >= 0 && its < limit) {
                least = each;
                limit = its;
            }
        }
        return least;
    }

    private static List<String> lines(File file) throws IOException {
        return Files.readAllLines(file.toPath(), StandardCharsets.ISO_8859_1);
    }

    private static List<CgroupDirectory> of(List<String> groups, List<String> mounts, Path root, boolean second)
            throws IOException {
        String group = group(groups, second);
        if (group == null) {
            return List.of();
        }
        for (String line : mounts) {
            String[] fields = line.split(" ", -1);
            int dash = List.of(fields).indexOf("-");
            if (dash < 5 || fields.length < dash + 4) {
                continue;
            }
            String type = fields[dash + 1];
            boolean accounts = second
                    ? type.equals("cgroup2")
                    : type.equals("cgroup")
                            && List.of(fields[dash + 3].split(",", -1)).contains("memory");
            if (accounts) {
                List<CgroupDirectory> found = upFrom(group, fields[3], root.resolve(fields[4].substring(1)), second);
                if (!found.isEmpty()) {
                    return found;
                }
            }
        }
        return List.of();
    }

    private static @Nullable String group(List<String> groups, boolean second) {
        for (String line : groups) {
            String[] fields = line.split(":", 3);
            boolean is = fields.length == 3
                    && (second
                            ? fields[0].equals("0") && fields[1].isEmpty()
                            : List.of(fields[1].split(",", -1)).contains("memory"));
            if (is) {
                return fields[2];
            }
        }
        return null;
    }

    /** @param mountRoot the group that is mounted there; a container sees its own as the root of all */
    private static List<CgroupDirectory> upFrom(String group, String mountRoot, Path mount, boolean second)
            throws IOException {
        String below = mountRoot.equals("/")
                ? group
                : group.equals(mountRoot) || group.startsWith(mountRoot + "/")
                        ? group.substring(mountRoot.length())
                        : "";
        Path own = mount.resolve(below.startsWith("/") ? below.substring(1) : below)
                .normalize();
        List<CgroupDirectory> found = new ArrayList<>();
        for (Path at = own.startsWith(mount) ? own : mount; at != null && at.startsWith(mount); at = at.getParent()) {
            CgroupDirectory here = new CgroupDirectory(at.toFile(), second);
            if (here.limit() >= 0) {
                found.add(here);
            }
        }
        return found;
    }

    /**
     * Its limit now; {@link Long#MAX_VALUE}: none; -1: it has no such file. Opens it.
     *
     * @throws IOException if it can't be read just now
     */
    long limit() throws IOException {
        try {
            String text = Files.readString(file(second ? "memory.max" : "memory.limit_in_bytes")
                            .toPath())
                    .strip();
            long bytes = text.equals("max") ? Long.MAX_VALUE : Long.parseLong(text);
            return bytes >= NO_LIMIT ? Long.MAX_VALUE : bytes;
        } catch (NoSuchFileException | AccessDeniedException | NumberFormatException e) {
            return -1;
        }
    }

    File file(String name) {
        return new File(directory, name);
    }
}
