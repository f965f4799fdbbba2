// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.protocol.internal;

import org.jspecify.annotations.Nullable;

/** Which SQL stands behind the names of a connection's statements and portals. Bounded: the oldest names are lost. */
public final class Statements {

    private final Names<String> statements = new Names<>(String::length);
    private final Names<Portal> portals = new Names<>(portal -> portal.sql().length());

    /** The portal without a name, to which nearly every statement is bound: made once, and bound again and again. */
    private final Portal unnamed = new Portal();

    /** A bound statement. */
    public static final class Portal {
        private String sql = "";
        private boolean bound;
        private boolean executed;

        private Portal bind(@Nullable String text) {
            sql = text == null ? "" : text;
            bound = text != null;
            executed = false;
            return this;
        }

        public String sql() {
            return sql;
        }

        /** Only its first Execute is an arrival, later ones fetch more rows of it. */
        public boolean isFirstExecute() {
            boolean first = !executed;
            executed = true;
            return first;
        }
    }

    public void parsed(String statement, String sql) {
        statements.put(statement, sql);
    }

    public void bound(String portal, String statement) {
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
    public Portal portal(String name) {
        if (name.isEmpty()) {
            return unnamed.bound ? unnamed : null;
        }
        return portals.get(name);
    }

    public void closed(char kind, String name) {
        if (kind == 'S') {
            statements.remove(name);
        } else if (name.isEmpty()) {
            unnamed.bind(null);
        } else {
            portals.remove(name);
        }
    }

    /** Portals end with their transaction. */
    public void transactionEnded() {
        unnamed.bind(null);
        portals.clear();
    }
}
