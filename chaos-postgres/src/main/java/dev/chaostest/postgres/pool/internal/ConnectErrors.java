// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool.internal;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The states with which an attempt to connect can be made to fail. Source: PostgreSQL, postmaster.c and backend_startup.c. */
public final class ConnectErrors {

    /** Nobody accepts the connection, so the driver says so and not the server. */
    public static final String REFUSED = "08001";

    private static final Map<String, String> SAID =
            Map.of("53300", "sorry, too many clients already", "57P03", "the database system is starting up");

    private ConnectErrors() {}

    /** All of them. */
    public static Set<String> states() {
        Set<String> states = new TreeSet<>(SAID.keySet());
        states.add(REFUSED);
        return states;
    }

    /** What the server says with a state; empty for one that it does not send. */
    static Optional<String> said(String state) {
        return Optional.ofNullable(SAID.get(state));
    }
}
