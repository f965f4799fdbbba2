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

    /**
     * As {@link #raise}, in place of a string of statements: if its first one is BEGIN, that one is still run, since
     * whatever fails behind it leaves a failed transaction.
     */
    static String raiseInPlaceOf(String site, ServerError error) {
        int end = site.indexOf(';');
        boolean begins = end > 0 && SqlSites.BEGIN.equals(SqlSites.site(site.substring(0, end)));
        return begins ? "BEGIN; " + raise(error) : raise(error);
    }

    private static String quote(String text) {
        return "E'" + text.replace("\\", "\\\\").replace("'", "''") + "'";
    }
}
