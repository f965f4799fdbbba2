// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.postgres.Postgres;
import dev.chaostest.postgres.pool.internal.KeptConnections;

/** A database whose address is known, with what the library keeps open to it. */
final class ServedDatabase implements AutoCloseable {

    private final Database database;
    private final KeptConnections admin;
    private final AutoCloseable server;

    private ServedDatabase(Database database, KeptConnections admin, AutoCloseable server) {
        this.database = database;
        this.admin = admin;
        this.server = server;
    }

    /** @param server closed behind what is kept open to it */
    static ServedDatabase of(Postgres postgres, AutoCloseable server) {
        KeptConnections admin = Database.Addressed.kept(postgres);
        return new ServedDatabase(new Database.Addressed(postgres, admin), admin, server);
    }

    Database database() {
        return database;
    }

    @Override
    public void close() throws Exception {
        try (server) {
            admin.close();
        }
    }
}
