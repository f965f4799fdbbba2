// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.protocol.internal;

import org.jspecify.annotations.Nullable;

/** Which SQL stands behind the names of a connection's statements and portals. Bounded: the oldest names are lost. */
public final class Statements {

    private final Names<String> statements = new Names<>(String::length);
    private final Names<Portal> portals = new Names<>(portal -> portal.sql().length());

    /** The portal without a name, to which nearly every statement is bound: made once, and bound again and again. */
    private final Portal unnamed = new Portal();

    /** The name that was bound last: the very same object comes again as long as nothing else is bound. */
    private @Nullable String lastBound;

    private @Nullable String lastSql;

    /** A bound statement. */
    public static final class Portal {
        private String sql = "";
        private boolean bound;
        private boolean executed;

        @SuppressWarnings("ReferenceEquality") // a reference is dearer to write than to compare
        private Portal bind(String text) {
            if (sql != text) {
                sql = text;
            }
            bound = true;
            executed = false;
            return this;
        }

        private void unbind() {
            bound = false;
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
        lastBound = null;
        statements.put(statement, sql);
    }

    public void bound(String portal, String statement) {
        String sql = sql(statement);
        if (sql == null) {
            unbind(portal);
        } else if (portal.isEmpty()) {
            unnamed.bind(sql);
        } else {
            portals.put(portal, new Portal().bind(sql));
        }
    }

    private void unbind(String portal) {
        if (portal.isEmpty()) {
            unnamed.unbind();
        } else {
            portals.remove(portal);
        }
    }

    @SuppressWarnings("ReferenceEquality") // equal names are found in the map
    private @Nullable String sql(String statement) {
        if (statement != lastBound) {
            lastBound = statement;
            lastSql = statements.get(statement);
        }
        return lastSql;
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
            lastBound = null;
            statements.remove(name);
        } else {
            unbind(name);
        }
    }

    /** Portals end with their transaction. */
    public void transactionEnded() {
        unnamed.unbind();
        portals.clear();
    }
}
