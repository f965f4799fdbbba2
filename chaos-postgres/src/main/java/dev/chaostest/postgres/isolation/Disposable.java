// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.isolation.internal.Mark;
import dev.chaostest.postgres.isolation.internal.SchemaName;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * Refuses to break a database that nobody has said may be broken.
 *
 * <p>A database is disposable when this library made it ({@link TestDatabase}), or when its owner marked it: by a comment
 * that holds {@code chaostest: disposable}. The mark belongs to the database and not to a setting of the test run, so a
 * wrong URL can't turn it on; neither a copy of the database has it, nor a restore of its dump, unless that was made with
 * {@code pg_dump --create}, which writes the comment down.
 *
 * <pre>{@code
 * COMMENT ON DATABASE app_test IS 'chaostest: disposable';
 * }</pre>
 *
 * @since 0.1
 */
public final class Disposable {

    private Disposable() {}

    /**
     * Checks the database of a connection; needs no privilege.
     *
     * @param what what is to be done to it, as a sentence begins: {@code A fault with reach DATABASE}
     * @throws ChaosException if it is neither ours nor marked, with the statement that marks it
     * @throws SQLException what the server answered
     */
    public static void require(Connection connection, String what) throws SQLException {
        if (Mark.isDisposable(connection)) {
            return;
        }
        String database = connection.getCatalog();
        throw new ChaosException(what + " must be done to a disposable database, but \"" + database
                + "\" is neither made by this library nor marked. Take @IsolatedDatabase; or, if it may be broken, mark it as"
                + " its owner: COMMENT ON DATABASE " + SchemaName.quote(database) + " IS '" + Mark.DISPOSABLE + "';");
    }
}
