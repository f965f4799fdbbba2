// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.monitor;

/** Text as it may stand in XML 1.0: what the standard does not allow at all becomes a replacement character. */
final class XmlText {

    private static final int REPLACEMENT = 0xFFFD;

    private XmlText() {}

    static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.appendCodePoint(isAllowed(c) ? c : REPLACEMENT);
            }
        });
        return escaped.toString();
    }

    private static boolean isAllowed(int c) {
        boolean isSurrogate = c >= 0xD800 && c <= 0xDFFF;
        return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && !isSurrogate && c != 0xFFFE && c != 0xFFFF);
    }
}
