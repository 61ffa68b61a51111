/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class PictureTest {
    private final String svg = new Picture(Canned.SCHEDULE, "tomcat", Canned.stock(), Canned.guarded()).svg();

    @Test
    void isWellFormedAndRefersToNothingOutside() throws Exception {
        Element root = parse().getDocumentElement();

        assertThat(root.getTagName()).isEqualTo("svg");
        assertThat(root.getAttribute("viewBox")).isEqualTo("0 0 960 760");
        assertThat(svg).doesNotContain("href", "url(", "<script", "@import", "NaN", "Infinity");
    }

    @Test
    void hasATitleALegendAndAPanelForEachServer() throws Exception {
        assertThat(texts())
                .contains(
                        "The same flood on a stock Tomcat and on a guarded one",
                        "Stock Tomcat",
                        "Guarded Tomcat",
                        "descriptors open",
                        "users in session",
                        "flood",
                        "limit 256",
                        "health",
                        "level",
                        "SHED");
    }

    @Test
    void drawsOnePointForEachSecondOfEachLine() throws Exception {
        NodeList lines = parse().getElementsByTagName("polyline");

        assertThat(lines.getLength()).isEqualTo(4);
        for (int i = 0; i < 4; i++) {
            assertThat(((Element) lines.item(i)).getAttribute("points").split(" ", -1))
                    .hasSize(20);
        }
        Element area = (Element) parse().getElementsByTagName("polygon").item(0);
        assertThat(area.getAttribute("points").split(" ", -1)).hasSize(22).allMatch(p -> p.matches("[0-9.]+,[0-9.]+"));
    }

    @Test
    void shadesTheFloodInBothPanelsAndShowsFailedChecksInRedInOne() {
        // Once in the legend.
        assertThat(svg.split("fill=\"#f3e3c9\"", -1)).hasSize(1 + 3);
        assertThat(svg.split("fill=\"#c8102e\"", -1)).hasSize(1 + 2);
    }

    @Test
    void isTheSameForTheSameRun() {
        assertThat(new Picture(Canned.SCHEDULE, "tomcat", Canned.stock(), Canned.guarded()).svg())
                .isEqualTo(svg);
    }

    @Test
    void staysInsideItsFrameWhateverTheFigures() throws Exception {
        Trace wild = Canned.guarded(100_000, 12_000, 0, Canned.check(19_999, Check.Outcome.UP, 1, "DRAIN"), 0);
        NodeList lines = parse(new Picture(Canned.SCHEDULE, "netty", Canned.stock(), wild).svg())
                .getElementsByTagName("polyline");

        for (int i = 0; i < lines.getLength(); i++) {
            for (String point : ((Element) lines.item(i)).getAttribute("points").split(" ", -1)) {
                assertThat(Double.parseDouble(point.split(",", -1)[0])).isBetween(0.0, 960.0);
                assertThat(Double.parseDouble(point.split(",", -1)[1])).isBetween(0.0, 760.0);
            }
        }
    }

    private List<String> texts() throws Exception {
        NodeList nodes = parse().getElementsByTagName("text");
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            texts.add(nodes.item(i).getTextContent());
        }
        return texts;
    }

    private Document parse() throws Exception {
        return parse(svg);
    }

    private static Document parse(String text) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(text)));
    }
}
