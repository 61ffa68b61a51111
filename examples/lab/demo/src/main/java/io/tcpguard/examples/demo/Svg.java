/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.demo;

import java.util.Locale;

/** Writes SVG 1.1 elements; numbers with one decimal, so that the same run gives the same file. Lengths in pixels. */
public final class Svg {
    private final StringBuilder text = new StringBuilder();

    /** Begins a white sheet; title and description are for those who cannot see it. */
    public Svg(int width, int height, String title, String description) {
        text.append(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
                        + "role=\"img\" font-family=\"Helvetica, Arial, 'DejaVu Sans', sans-serif\">%n",
                width,
                height,
                width,
                height));
        text.append("<title>").append(escape(title)).append("</title>\n");
        text.append("<desc>").append(escape(description)).append("</desc>\n");
        rect(0, 0, width, height, "#ffffff");
    }

    /** A filled rectangle. */
    public void rect(double x, double y, double width, double height, String fill) {
        add("<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>", x, y, width, height, fill);
    }

    /** A line; the style is attributes, as in SVG. */
    public void line(double x1, double y1, double x2, double y2, String style) {
        add("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" %s/>", x1, y1, x2, y2, style);
    }

    /** An open line through {@link #point points}. */
    public void polyline(String points, String style) {
        add("<polyline points=\"%s\" %s/>", points, style);
    }

    /** A closed area. */
    public void polygon(String points, String style) {
        add("<polygon points=\"%s\" %s/>", points, style);
    }

    /** Words whose baseline begins at x, y. */
    public void label(double x, double y, String words, String style) {
        add("<text x=\"%.1f\" y=\"%.1f\" %s>%s</text>", x, y, style, escape(words));
    }

    /** One corner of a polyline or polygon, and a space. */
    public static String point(double x, double y) {
        return String.format(Locale.ROOT, "%.1f,%.1f ", x, y);
    }

    private void add(String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    private static String escape(String words) {
        return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    /** The whole file. */
    public String done() {
        return text + "</svg>\n";
    }
}
