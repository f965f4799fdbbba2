// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import dev.chaostest.plan.Site;
import dev.chaostest.postgres.wire.sql.internal.SqlSites;
import java.util.regex.Pattern;

/**
 * Follows what one client says about its transactions. BEGIN travels together with the statement behind it, so the server's
 * word about it would come too late.
 */
final class TransactionCount {

    /** What prepares or marks, and can't meet a conflict: as CockroachDB leaves out SET and SHOW. */
    private static final Pattern NO_WORK = Pattern.compile("(SET|SHOW|RESET|SAVEPOINT|RELEASE|ROLLBACK TO)\\b.*");

    private static final Pattern END = Pattern.compile("(COMMIT|ROLLBACK)( AND CHAIN)?");
    private static final String CHAIN = " AND CHAIN";
    private static final String PREPARE = "PREPARE TRANSACTION ";

    private enum State {
        NONE,
        BEGUN,
        AT_WORK
    }

    private State state;

    /** @param open whether a transaction was open before anybody looked */
    TransactionCount(boolean open) {
        this.state = open ? State.AT_WORK : State.NONE;
    }

    /** Whether the client has begun a transaction and not ended it. */
    boolean isOpen() {
        return state != State.NONE;
    }

    /** The next statement of the client's. */
    TransactionPlace next(Site site) {
        if (!SqlSites.isStatement(site)) {
            return TransactionPlace.ELSEWHERE;
        }
        String name = site.name();
        return name.indexOf(';') < 0 ? single(site, name) : several(name);
    }

    private TransactionPlace single(Site site, String name) {
        if (site.equals(SqlSites.BEGIN)) {
            state = state == State.NONE ? State.BEGUN : state;
        } else if (END.matcher(name).matches()) {
            state = name.endsWith(CHAIN) ? State.BEGUN : State.NONE;
        } else if (name.startsWith(PREPARE)) {
            state = State.NONE;
        } else if (!SqlSites.isHousekeeping(site) && !NO_WORK.matcher(name).matches()) {
            return work();
        }
        return TransactionPlace.ELSEWHERE;
    }

    private TransactionPlace work() {
        return switch (state) {
            case NONE -> TransactionPlace.ALONE;
            case AT_WORK -> TransactionPlace.ELSEWHERE;
            case BEGUN -> {
                state = State.AT_WORK;
                yield TransactionPlace.FIRST;
            }
        };
    }

    /** A query string is one arrival: the first transaction that works in it gives it its place. */
    private TransactionPlace several(String name) {
        TransactionPlace first = TransactionPlace.ELSEWHERE;
        for (String each : name.split(";", -1)) {
            String text = each.strip();
            TransactionPlace place =
                    text.isEmpty() ? TransactionPlace.ELSEWHERE : single(new Site(SqlSites.SEAM, text), text);
            first = first == TransactionPlace.ELSEWHERE ? place : first;
        }
        return first;
    }
}
