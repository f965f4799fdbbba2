// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.ChaosScope;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Seed;
import dev.chaostest.postgres.pool.PoolMount;
import dev.chaostest.postgres.pool.TestPool;
import dev.chaostest.postgres.sweep.SweptSpace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One set of premises that serves several rounds of a sweep, with its DataSource and its pool. */
final class Stay implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Stay.class);

    private final Premises premises;
    private final DataSource dataSource;
    private final SweptSpace space;
    private final List<Supplier<List<String>>> onFailure;
    private @Nullable DataSource pool;

    private Stay(
            Premises premises, DataSource dataSource, SweptSpace space, List<Supplier<List<String>>> onFailure) {
        this.premises = premises;
        this.dataSource = dataSource;
        this.space = space;
        this.onFailure = onFailure;
    }

    static Stay make(ExtensionContext context, ChaosScope scope, Duration statementTimeout, OptionalInt poolSize) {
        ChaosScope owner = ChaosScope.open(scope.name(), Plan.of(new Seed(0)));
        List<Supplier<List<String>>> onFailure = new ArrayList<>();
        try {
            Premises premises = Premises.make(context, scope, owner, true, onFailure::add);
            DataSource dataSource = premises.open(statementTimeout, poolSize);
            SweptSpace space = owner.own("the space", SweptSpaces.of(premises));
            if (PoolMount.isOn(dataSource)) {
                space.fills(dataSource);
            }
            return new Stay(premises, dataSource, space, onFailure);
        } catch (RuntimeException e) {
            owner.close();
            throw e;
        }
    }

    Premises premises() {
        return premises;
    }

    DataSource dataSource() {
        return dataSource;
    }

    SweptSpace space() {
        return space;
    }

    /** Whether all is as it was in the first round. */
    boolean begins(boolean shifted) {
        try {
            return space.begin(shifted);
        } catch (ChaosException e) { // a round may have ended the server that is its own
            LOG.info("The space of a sweep is made anew: {}", e.getMessage());
            return false;
        }
    }

    /** The pool for those who ask for one; the same in each round. */
    DataSource pool(int size) {
        if (pool == null) {
            pool = premises.owner()
                    .own("the pool", TestPool.of(dataSource, size, premises.owner().name()))
                    .dataSource();
            space.fills(pool);
        }
        return pool;
    }

    /** Keeps what is there, for a look; the lines say where. Empty if it is not to be kept. */
    List<String> keep() {
        return onFailure.stream().flatMap(each -> each.get().stream()).toList();
    }

    @Override
    public void close() {
        premises.owner().close();
    }
}
