// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.Run;
import dev.chaostest.plan.ChaosException;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

class DisposableTest {

    private final DataSource admin = IsolationTestServer.admin();
    private final Databases databases = new Databases(admin);
    private final Run run = Run.random();

    @Test
    void oneOfOursIs() throws SQLException {
        try (TestDatabase ours = TestDatabase.create(admin, DatabaseOptions.ofDefaults(run));
                Connection connection = databases.connect(ours)) {
            Disposable.require(connection, "A fault");
        }
    }

    @Test
    void oneOfTheUsersIsOnlyWithItsOwnersMark() throws SQLException {
        String name = "user's " + run.id();
        new Sql(admin).run("CREATE DATABASE \"" + name + "\" TEMPLATE template0");
        try {
            assertThatThrownBy(() -> require(name))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("A fault that reaches a database must be done to a disposable database, but \"" + name
                            + "\" is neither made by this library nor marked. Take @IsolatedDatabase; or, if it may be"
                            + " broken, mark it as its owner: COMMENT ON DATABASE \"" + name
                            + "\" IS 'chaostest: disposable';");

            new Sql(admin).run("COMMENT ON DATABASE \"" + name + "\" IS 'chaostest: disposable'");
            require(name);

            new Sql(admin)
                    .run("COMMENT ON DATABASE \"" + name + "\" IS 'for tests (chaostest: disposable), since May'");
            require(name);

            new Sql(admin).run("COMMENT ON DATABASE \"" + name + "\" IS NULL");
            assertThatThrownBy(() -> require(name)).isInstanceOf(ChaosException.class);
        } finally {
            databases.drop(name);
        }
        assertThat(databases.exists(name)).isFalse();
    }

    private void require(String name) throws SQLException {
        try (Connection connection = databases.in(name).source().getConnection()) {
            Disposable.require(connection, "A fault that reaches a database");
        }
    }
}
