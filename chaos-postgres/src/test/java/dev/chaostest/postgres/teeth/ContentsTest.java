// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.teeth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.postgres.functional.WireFixture;
import dev.chaostest.postgres.functional.WireTestServer;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

class ContentsTest {

    private final PGSimpleDataSource admin = admin();

    private static PGSimpleDataSource admin() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(WireTestServer.url());
        source.setUser("postgres");
        return source;
    }

    @Test
    void schemasWithTheSameRowsInAnyOrderAreEqual() throws SQLException {
        try (WireFixture one = new WireFixture();
                WireFixture other = new WireFixture()) {
            run(other, "DELETE FROM account WHERE id = 1");
            assertThat(Contents.of(admin, other.schema())).isNotEqualTo(Contents.of(admin, one.schema()));
            run(other, "INSERT INTO account VALUES (1, 1000)");
            assertThat(Contents.of(admin, other.schema())).isPresent().isEqualTo(Contents.of(admin, one.schema()));
            run(other, "UPDATE account SET balance = 1001 WHERE id = 1");
            assertThat(Contents.of(admin, other.schema())).isNotEqualTo(Contents.of(admin, one.schema()));
        }
    }

    @Test
    void tableThatIsLockedGivesNothing() throws SQLException {
        try (WireFixture bank = new WireFixture();
                Connection locking = bank.connect()) {
            locking.setAutoCommit(false);
            WireTestServer.run(locking, "LOCK TABLE account");
            assertThat(Contents.of(admin, bank.schema())).isEmpty();
        }
    }

    private static void run(WireFixture bank, String sql) throws SQLException {
        try (Connection connection = bank.connect()) {
            WireTestServer.run(connection, sql);
        }
    }
}
