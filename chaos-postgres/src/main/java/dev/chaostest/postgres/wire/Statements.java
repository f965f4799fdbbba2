// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which SQL stands behind the names of a connection's statements and portals. Bounded: the oldest names are lost. */
final class Statements {

    private static final int NAMES_MAX = 10_000;

    private final Map<String, String> statements = bounded();
    private final Map<String, Portal> portals = bounded();

    /** A bound statement; only its first Execute is an arrival, later ones fetch more rows of it. */
    private static final class Portal {
        private final String sql;
        private boolean executed;

        Portal(String sql) {
            this.sql = sql;
        }
    }

    void parsed(String statement, String sql) {
        statements.put(statement, sql);
    }

    void bound(String portal, String statement) {
        String sql = statements.get(statement);
        if (sql == null) {
            portals.remove(portal);
        } else {
            portals.put(portal, new Portal(sql));
        }
    }

    /** The SQL, at the portal's first Execute only. */
    @Nullable
    String executed(String name) {
        Portal portal = portals.get(name);
        if (portal == null || portal.executed) {
            return null;
        }
        portal.executed = true;
        return portal.sql;
    }

    void closed(char kind, String name) {
        if (kind == 'S') {
            statements.remove(name);
        } else {
            portals.remove(name);
        }
    }

    /** Portals end with their transaction. */
    void transactionEnded() {
        portals.clear();
    }

    private static <V> Map<String, V> bounded() {
        return new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
                return size() > NAMES_MAX;
            }
        };
    }
}
