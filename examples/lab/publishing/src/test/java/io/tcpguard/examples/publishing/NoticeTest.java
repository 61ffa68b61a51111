/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.publishing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** NOTICE names the licence of each thing that a pom of this tree depends on, and of nothing else. */
class NoticeTest {
    private static final Path TREE = Path.of("../../..");
    private static final String OURS = "io.tcpguard";

    /** Brought by others; the bill of materials of a bundle tells, see {@code CentralRulesTest}. */
    private static final List<String> BROUGHT = List.of("org.hdrhistogram", "org.latencyutils");

    @Test
    void eachDependencyHasItsLicence() throws Exception {
        List<Notice.Row> rows = Notice.rows();
        dependencies().forEach((name, pom) -> assertThat(rows)
                .as("NOTICE, of %s in %s", name, pom)
                .anyMatch(row -> row.names(group(name), artifact(name))));
    }

    @Test
    void nothingElseIsNamed() throws Exception {
        Map<String, Path> dependencies = dependencies();
        assertThat(Notice.rows())
                .isNotEmpty()
                .allMatch(row -> BROUGHT.contains(row.group())
                        || dependencies.keySet().stream().anyMatch(name -> row.names(group(name), artifact(name))));
    }

    /** {@code group:artifact}, and a pom that names it. */
    private static Map<String, Path> dependencies() throws Exception {
        Map<String, Path> found = new TreeMap<>();
        for (Path pom : poms()) {
            Element project = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(pom.toFile())
                    .getDocumentElement();
            for (String kind : List.of("dependency", "path")) {
                NodeList nodes = project.getElementsByTagName(kind);
                for (int i = 0; i < nodes.getLength(); i++) {
                    NodeList group = ((Element) nodes.item(i)).getElementsByTagName("groupId");
                    if (group.getLength() == 1 && !ours(group.item(0).getTextContent())) {
                        String artifact = ((Element) nodes.item(i))
                                .getElementsByTagName("artifactId")
                                .item(0)
                                .getTextContent();
                        found.put(group.item(0).getTextContent() + ':' + artifact, pom);
                    }
                }
            }
        }
        return found;
    }

    private static List<Path> poms() throws IOException {
        try (Stream<Path> files = Files.find(
                TREE,
                5,
                (file, is) -> file.endsWith("pom.xml") && !file.toString().contains("/target/"))) {
            return files.toList();
        }
    }

    private static boolean ours(String group) {
        return group.equals(OURS) || group.equals("${project.groupId}");
    }

    private static String group(String name) {
        return name.substring(0, name.indexOf(':'));
    }

    private static String artifact(String name) {
        return name.substring(name.indexOf(':') + 1);
    }
}
