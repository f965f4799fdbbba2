// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.benchmarks;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import io.zonky.test.db.preparer.DatabasePreparer;
import io.zonky.test.db.provider.DatabaseProvider;
import io.zonky.test.db.provider.EmbeddedDatabase;
import io.zonky.test.db.provider.common.PrefetchingDatabaseProvider;
import io.zonky.test.db.provider.common.TemplatingDatabaseProvider;
import io.zonky.test.db.provider.postgres.ZonkyPostgresDatabaseProvider;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.env.StandardEnvironment;

/** What {@code @AutoConfigureEmbeddedDatabase} of zonky puts together: templates, and databases fetched ahead of tests. */
final class ZonkyDatabases {

    private final DatabaseProvider provider = new PrefetchingDatabaseProvider(
            new TemplatingDatabaseProvider(new ZonkyPostgresDatabaseProvider(new StandardEnvironment(), new None())));
    private final DatabasePreparer preparer;

    ZonkyDatabases(String script) {
        this.preparer = new Loading(script);
    }

    EmbeddedDatabase take() {
        return provider.createDatabase(preparer);
    }

    /** Equal for equal scripts: that is how its templates are told apart. */
    private record Loading(String script) implements DatabasePreparer {
        @Override
        public long estimatedDuration() {
            return 500;
        }

        @Override
        public void prepare(DataSource database) throws SQLException {
            try (Connection connection = database.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute(script);
            }
        }
    }

    /** No customizers, as where no Spring context has any. */
    private static final class None implements ObjectProvider<List<Consumer<EmbeddedPostgres.Builder>>> {
        @Override
        public List<Consumer<EmbeddedPostgres.Builder>> getObject(Object... arguments) {
            return List.of();
        }

        @Override
        public List<Consumer<EmbeddedPostgres.Builder>> getObject() {
            return List.of();
        }

        @Override
        public List<Consumer<EmbeddedPostgres.Builder>> getIfAvailable() {
            return List.of();
        }

        @Override
        public List<Consumer<EmbeddedPostgres.Builder>> getIfUnique() {
            return List.of();
        }
    }
}
