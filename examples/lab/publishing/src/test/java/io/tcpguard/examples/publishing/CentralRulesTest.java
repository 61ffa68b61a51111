/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.publishing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** What central.sonatype.org/publish/requirements asks for, but the signatures: those need a key. */
@Tag("release")
final class CentralRulesTest {
    static List<String> artifacts() {
        return Bundle.ARTIFACTS;
    }

    static List<String> jars() {
        return Bundle.ARTIFACTS.stream()
                .filter(a -> !a.endsWith("-parent") && !a.endsWith("-bom"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("artifacts")
    void aPomSaysWhatItIsWhoseItIsAndWhereItsSourceIs(String artifact) throws Exception {
        Document pom = pom(artifact);
        for (String field : List.of("/project/name", "/project/description")) {
            assertThat(text(pom, field)).as(artifact + field).isNotBlank();
        }
        // A child inherits these from the parent beside it in the bundle.
        Document whole = text(pom, "/project/parent/artifactId").isEmpty() ? pom : pom("tcpguard-parent");
        for (String field : List.of(
                "/project/url",
                "/project/licenses/license/name",
                "/project/licenses/license/url",
                "/project/developers/developer/name",
                "/project/scm/connection",
                "/project/scm/developerConnection",
                "/project/scm/url")) {
            assertThat(text(whole, field)).as(artifact + field).isNotBlank();
        }
    }

    @ParameterizedTest
    @MethodSource("jars")
    void eachJarHasItsSourcesAndItsJavadoc(String artifact) throws IOException {
        assertThat(entries(Bundle.file(artifact, ".jar"))).anyMatch(e -> e.endsWith(".class"));
        assertThat(entries(Bundle.file(artifact, "-sources.jar"))).anyMatch(e -> e.endsWith(".java"));
        assertThat(entries(Bundle.file(artifact, "-javadoc.jar"))).contains("index.html");
    }

    @ParameterizedTest
    @MethodSource("jars")
    void eachJarCarriesLicenceAndNotice(String artifact) throws IOException {
        assertThat(entries(Bundle.file(artifact, ".jar"))).contains("META-INF/LICENSE", "META-INF/NOTICE");
    }

    @ParameterizedTest
    @MethodSource("jars")
    void eachJarHasABillOfMaterials(String artifact) throws IOException {
        String bom = Files.readString(Bundle.file(artifact, "-cyclonedx.json"));
        assertThat(bom).contains("\"bomFormat\" : \"CycloneDX\"").contains(artifact);
    }

    /** Read as YAML, of which JSON is a part. */
    @ParameterizedTest
    @MethodSource("jars")
    void noticeHasTheLicenceOfEachPartOfThatBill(String artifact) throws IOException {
        Map<?, ?> bom = new Yaml(new SafeConstructor(new LoaderOptions()))
                .load(Files.readString(Bundle.file(artifact, "-cyclonedx.json")));
        List<?> components = (List<?>) bom.get("components");
        assertThat(components).isNotEmpty();
        for (Object each : components) {
            Map<?, ?> part = (Map<?, ?>) each;
            if (!"io.tcpguard".equals(part.get("group"))) {
                String licences = String.valueOf(part.get("licenses"));
                assertThat(Notice.rows())
                        .as("NOTICE, of %s, which %s brings under %s", part.get("name"), artifact, licences)
                        .anyMatch(row -> row.names((String) part.get("group"), (String) part.get("name"))
                                && Stream.of(row.licence().split(" OR ", -1)).allMatch(licences::contains));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("artifacts")
    void eachFileHasChecksumsThatFit(String artifact) throws Exception {
        List<Path> files = Bundle.files(artifact).stream()
                .filter(f -> f.toString().matches(".*\\.(jar|pom|json|xml)")
                        && !f.toString().contains("maven-metadata"))
                .toList();
        assertThat(files).isNotEmpty();
        for (Path file : files) {
            for (String algorithm : List.of("MD5", "SHA-1")) {
                Path sum =
                        Path.of(file + "." + algorithm.toLowerCase(Locale.ROOT).replace("-", ""));
                assertThat(Files.readString(sum).trim()).as(sum.toString()).isEqualTo(digest(file, algorithm));
            }
        }
    }

    @Test
    void nothingElseIsPublished() throws IOException {
        try (Stream<Path> there = Files.list(Bundle.DIRECTORY.resolve("io/tcpguard"))) {
            assertThat(there.map(p -> p.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(Bundle.ARTIFACTS);
        }
    }

    @ParameterizedTest
    @MethodSource("artifacts")
    void testsStayHere(String artifact) {
        assertThat(Bundle.files(artifact))
                .noneMatch(f -> f.getFileName().toString().contains("-tests"));
    }

    @Test
    void theBillOfVersionsNamesEachJarAndNothingElse() throws Exception {
        Document bom = pom("tcpguard-bom");
        for (String artifact : jars()) {
            assertThat(text(
                            bom,
                            "//dependencyManagement/dependencies/dependency[artifactId='" + artifact + "']/version"))
                    .isEqualTo(Bundle.VERSION);
        }
        assertThat(text(bom, "count(//dependencyManagement/dependencies/dependency)"))
                .isEqualTo(String.valueOf(jars().size()));
        assertThat(text(bom, "/project/version")).isEqualTo(Bundle.VERSION);
    }

    @ParameterizedTest
    @MethodSource("jars")
    void noSourceOrClassNamesAFolderOfTheMachineThatBuiltIt(String artifact) throws IOException {
        String home = System.getProperty("user.home");
        String tree = Path.of("../../..").toRealPath().toString();
        try (JarFile jar = new JarFile(Bundle.file(artifact, ".jar").toFile())) {
            for (var entry : jar.stream().filter(e -> !e.isDirectory()).toList()) {
                String content = new String(jar.getInputStream(entry).readAllBytes(), StandardCharsets.ISO_8859_1);
                assertThat(content)
                        .as(entry.getName())
                        .doesNotContain(home + "/")
                        .doesNotContain(tree + "/");
            }
        }
    }

    private static List<String> entries(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            return file.stream().map(e -> e.getName()).toList();
        }
    }

    private static Document pom(String artifact) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(Bundle.file(artifact, ".pom").toFile());
    }

    private static String text(Document pom, String path) throws Exception {
        XPath xpath = XPathFactory.newInstance().newXPath();
        return xpath.evaluate(path, pom).trim();
    }

    private static String digest(Path file, String algorithm) throws IOException, GeneralSecurityException {
        return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(Files.readAllBytes(file)));
    }
}
