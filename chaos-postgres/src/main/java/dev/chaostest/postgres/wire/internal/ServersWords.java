// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import dev.chaostest.postgres.wire.ServerError;
import java.util.Map;

/** The text that comes with an error. */
final class ServersWords {

    /** For what is written in its name. */
    private static final Map<String, String> USUAL = Map.of(
            "57P02", "terminating connection because of crash of another server process",
            "57P03", "the database system is starting up",
            "57P05", "terminating connection due to idle-session timeout",
            "25P03", "terminating connection due to idle-in-transaction timeout",
            "25P04", "terminating connection due to transaction timeout",
            "53300", "sorry, too many clients already");

    private ServersWords() {}

    /** The test's own text, else what a server says in that case. */
    static String of(ServerError error) {
        String own = error.message();
        String code = error.state().code();
        return own != null ? own : USUAL.getOrDefault(code, "failure " + error.state() + " injected by a chaos test");
    }
}
