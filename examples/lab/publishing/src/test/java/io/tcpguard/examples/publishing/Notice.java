/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.publishing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The rows of NOTICE: what is depended on, and its licence. */
final class Notice {
    /** The artifact may be {@code *}; the licence is what SPDX calls it. */
    record Row(String group, String artifact, String licence) {
        boolean names(String otherGroup, String otherArtifact) {
            return group.equals(otherGroup) && (artifact.equals("*") || artifact.equals(otherArtifact));
        }
    }

    private Notice() {}

    static List<Row> rows() throws IOException {
        List<Row> rows = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of("../../../NOTICE"))) {
            String[] columns = line.split(" {2,}", -1);
            if (columns.length == 3 && columns[0].matches("[a-z0-9.-]+:\\S+")) {
                String[] name = columns[0].split(":", -1);
                rows.add(new Row(name[0], name[1], columns[1]));
            }
        }
        return rows;
    }
}
