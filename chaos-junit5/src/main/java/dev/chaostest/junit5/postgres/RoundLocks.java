// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.ChaosScope;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.isolation.TestSchema;
import dev.chaostest.postgres.lock.Deadlocks;
import dev.chaostest.postgres.lock.LockHolder;
import dev.chaostest.postgres.lock.LockRequest;
import dev.chaostest.postgres.lock.Locks;
import dev.chaostest.postgres.pool.Twin;
import dev.chaostest.postgres.wire.WireMount;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The locks and deadlocks of one round, made on first use: by sessions of their own, in the test's schema, past all seams. */
final class RoundLocks {

    private final ChaosScope scope;
    private final Database database;
    private final Optional<TestSchema> schema;
    private final Optional<LockRequest> wanted;
    private @Nullable DataSource source;
    private @Nullable Locks locks;
    private @Nullable Deadlocks deadlocks;
    private @Nullable LockHolder holder;

    RoundLocks(PostgresRound round, Optional<LockRequest> wanted) {
        this.scope = round.scope();
        this.database = round.database();
        this.schema = round.schema();
        this.wanted = wanted;
    }

    synchronized Locks locks() {
        if (locks == null) {
            locks = Locks.of(scope, source());
        }
        return locks;
    }

    synchronized Deadlocks deadlocks() {
        if (deadlocks == null) {
            deadlocks = Deadlocks.of(scope, source());
        }
        return deadlocks;
    }

    /** The one of {@link HoldLock}; taken with the first parameter of its type, at the latest before the test method. */
    synchronized LockHolder holder() {
        if (holder == null) {
            holder = locks().hold(
                            wanted.orElseThrow(() -> new ChaosException("A LockHolder parameter of " + scope.name()
                                    + " must come from @HoldLock, but there is none. Add it to the method or the class, or use a Locks "
                                    + "parameter.")));
        }
        return holder;
    }

    /** What closes the lock that was asked for, once the test method is through; taken by then. */
    AutoCloseable held() {
        return wanted.isPresent() ? holder() : () -> {};
    }

    /** As for a look at the server, but a lock may be waited for longer than that. */
    private DataSource source() {
        if (source == null) {
            Map<String, String> driver = new HashMap<>();
            driver.put("socketTimeout", "0");
            driver.put("ApplicationName", "chaostest locks");
            schema.ifPresent(it -> driver.putAll(it.driverProperties()));
            WireMount unarmed = scope.own("the mount of the locks", WireMount.twinOf("locks"));
            source = Twin.unpooled(database.lookout(unarmed), driver);
        }
        return source;
    }
}
