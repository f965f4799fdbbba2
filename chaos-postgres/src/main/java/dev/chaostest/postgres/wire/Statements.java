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

    /** The portal without a name, to which nearly every statement is bound: made once, and bound again and again. */
    private final Portal unnamed = new Portal();

    /** A bound statement. */
    static final class Portal {
        private String sql = "";
        private boolean bound;
        private boolean executed;

        private Portal bind(@Nullable String text) {
            sql = text == null ? "" : text;
            bound = text != null;
            executed = false;
            return this;
        }

        String sql() {
            return sql;
        }

        /** Only its first Execute is an arrival, later ones fetch more rows of it. */
        boolean isFirstExecute() {
            boolean first = !executed;
            executed = true;
            return first;
        }
    }

    void parsed(String statement, String sql) {
        statements.put(statement, sql);
    }

    void bound(String portal, String statement) {
        String sql = statements.get(statement);
        if (portal.isEmpty()) {
            unnamed.bind(sql);
        } else if (sql == null) {
            portals.remove(portal);
        } else {
            portals.put(portal, new Portal().bind(sql));
        }
    }

    /** What was bound to a name; null if nothing is known. */
    @Nullable
    Portal portal(String name) {
        if (name.isEmpty()) {
            return unnamed.bound ? unnamed : null;
        }
        return portals.get(name);
    }

    void closed(char kind, String name) {
        if (kind == 'S') {
            statements.remove(name);
        } else if (name.isEmpty()) {
            unnamed.bind(null);
        } else {
            portals.remove(name);
        }
    }

    /** Portals end with their transaction. */
    void transactionEnded() {
        unnamed.bind(null);
        if (!portals.isEmpty()) {
            portals.clear();
        }
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
