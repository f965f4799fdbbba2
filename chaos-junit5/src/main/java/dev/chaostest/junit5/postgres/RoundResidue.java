// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.ChaosScope;
import dev.chaostest.postgres.monitor.ResidueCheck;
import dev.chaostest.postgres.pool.internal.PgSource;
import dev.chaostest.postgres.wire.WireMount;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * What the sessions of one round left on the server, asked when it can be told from what is about to be closed: of a pool before
 * it is closed, since its end hides what it kept; of all else behind everything that is closed, and before the schema is
 * dropped, which would wait for their locks.
 */
final class RoundResidue {

    private final ChaosScope scope;
    private final Consumer<Set<Integer>> held;
    private final Set<Integer> lent = ConcurrentHashMap.newKeySet();

    private RoundResidue(ChaosScope scope, Consumer<Set<Integer>> held) {
        this.scope = scope;
        this.held = held;
    }

    /** Of a mount that the scope owns, and of which nothing may stay open. */
    static RoundResidue ofOwn(ChaosScope scope, WireMount own, Database database) {
        ResidueCheck check = ResidueCheck.begin(scope.name(), own, database.admin());
        scope.checkResidue("open connection", () -> check.hasFound() ? List.of() : own.leftOpen());
        scope.own("the residue check", check);
        return new RoundResidue(scope, check::verifyHeld);
    }

    /** Of a sweep, which judges by itself what its rounds leave. */
    static RoundResidue ofKept(ChaosScope scope) {
        return new RoundResidue(scope, lent -> {});
    }

    /** Of a pool that lives on. It is not asked for a connection: the test may have used it up. */
    static RoundResidue ofAttached(ChaosScope scope, WireMount attached, Database database) {
        WireMount unarmed = scope.own("the mount of the residue check", WireMount.twinOf("residue"));
        ResidueCheck check = ResidueCheck.begin(scope.name(), attached, database.lookout(unarmed));
        RoundResidue residue = new RoundResidue(scope, check::verifyHeld);
        residue.checkBeforeTheEndOf("the pool");
        return residue;
    }

    /** Looks what the sessions hold when what is handed over later is closed, and what was handed over before is not. */
    void checkBeforeTheEndOf(String pool) {
        scope.own("the check of what the sessions of " + pool + " hold", () -> held.accept(lent));
    }

    /** A connection that the library hands to the test and ends itself; what the test has left open in it is rolled back. */
    void lent(Connection connection) throws SQLException {
        lent.add(PgSource.pid(connection));
    }
}
