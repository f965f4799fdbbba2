// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import java.util.Locale;

/** The SQL that makes the server raise an error. */
final class Injection {

    private Injection() {}

    /** A block that raises, whatever {@code standard_conforming_strings} says and whatever the text holds. */
    static String raise(ServerError error) {
        String text = error.text();
        String tag = "$chaos$";
        for (int n = 1; text.contains(tag); n++) {
            tag = String.format(Locale.ROOT, "$chaos%d$", n);
        }
        return "DO " + tag + "BEGIN RAISE EXCEPTION USING ERRCODE='" + error.state() + "', MESSAGE=" + quote(text)
                + "; END" + tag;
    }

    private static String quote(String text) {
        return "E'" + text.replace("\\", "\\\\").replace("'", "''") + "'";
    }
}
