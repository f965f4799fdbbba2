// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.integrity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.Run;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.isolation.IsolationTestServer;
import dev.chaostest.postgres.isolation.SchemaOptions;
import dev.chaostest.postgres.isolation.Sql;
import dev.chaostest.postgres.isolation.TestSchema;
import dev.chaostest.postgres.pool.DriverSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConsistencyMarkerTest {

    private TestSchema original;
    private TestSchema copy;

    @BeforeEach
    void open() {
        SchemaOptions options = SchemaOptions.ofDefaults(Run.random());
        original = TestSchema.create(IsolationTestServer.admin(), options.withPrefix("original"));
        copy = TestSchema.create(IsolationTestServer.admin(), options.withPrefix("copy"));
    }

    @AfterEach
    void close() {
        original.close();
        copy.close();
    }

    private static Connection in(TestSchema schema) throws SQLException {
        return DriverSettings.of(IsolationTestServer.url(), "postgres", "postgres")
                .withProperties(schema.driverProperties())
                .unpooled()
                .getConnection();
    }

    /** As a restore to this moment would. */
    private void restore() {
        new Sql(IsolationTestServer.admin())
                .run(
                        "DROP TABLE IF EXISTS " + copy.qualify("chaos_marker"),
                        "CREATE TABLE " + copy.qualify("chaos_marker") + " AS TABLE "
                                + original.qualify("chaos_marker"));
    }

    @Test
    void aCopyFromTheMarkedMomentHasTheMarker() throws SQLException {
        try (Connection primary = in(original);
                Connection restored = in(copy)) {
            ConsistencyMarker marker = ConsistencyMarker.write(primary, "before the upgrade");
            restore();
            marker.taint(primary);
            marker.verify(restored);
        }
    }

    @Test
    void aCopyFromTooEarlyOrTooLateOrAnotherTimeIsRefused() throws SQLException {
        try (Connection primary = in(original);
                Connection restored = in(copy)) {
            ConsistencyMarker first = ConsistencyMarker.write(primary, "one");
            restore();
            ConsistencyMarker second = ConsistencyMarker.write(primary, "two");
            assertThatThrownBy(() -> second.verify(restored))
                    .isInstanceOf(AssertionError.class)
                    .hasMessage("Marker \"two\" must be as it was written at " + second.writtenAt()
                            + ", but is missing: the data are from before it. Check the moment to which was restored.");
            first.taint(primary);
            restore();
            assertThatThrownBy(() -> first.verify(restored))
                    .hasMessage(
                            "Marker \"one\" must be as it was written at " + first.writtenAt()
                                    + ", but is tainted: the data are from after the moment. Check the moment to which was restored.");
            ConsistencyMarker again = ConsistencyMarker.write(primary, "one");
            restore();
            again.verify(restored);
            assertThatThrownBy(() -> first.verify(restored))
                    .hasMessage(
                            "Marker \"one\" must be as it was written at " + first.writtenAt() + ", but was written at "
                                    + again.writtenAt()
                                    + ": the data are from another time. Check the moment to which was restored.");
        }
    }

    /** Else the copy would be taken to be from the moment, though nothing in it tells. */
    @Test
    void aMarkerThatIsNotThereCanNotBeTainted() throws SQLException {
        try (Connection primary = in(original)) {
            ConsistencyMarker first = ConsistencyMarker.write(primary, "one");
            new Sql(IsolationTestServer.admin()).run("DELETE FROM " + original.qualify("chaos_marker"));
            assertThatThrownBy(() -> first.taint(primary))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("Marker \"one\" must be there to be tainted, but is not, or was written again since."
                            + " Commit it, and taint the one that was written last.");
            ConsistencyMarker again = ConsistencyMarker.write(primary, "one");
            assertThatThrownBy(() -> first.taint(primary)).isInstanceOf(ChaosException.class);
            again.verify(primary);
        }
    }

    @Test
    void aCopyFromBeforeTheFirstMarkerIsRefusedAndItsTransactionGoesOn() throws SQLException {
        try (Connection primary = in(original);
                Connection restored = in(copy)) {
            ConsistencyMarker marker = ConsistencyMarker.write(primary, "first");
            restored.setAutoCommit(false);
            assertThatThrownBy(() -> marker.verify(restored))
                    .isInstanceOf(AssertionError.class)
                    .hasMessage("Marker \"first\" must be as it was written at " + marker.writtenAt()
                            + ", but is missing: the data are from before it. Check the moment to which was restored.");
            assertThat(clock(restored)).isNotNull();
        }
    }

    @Test
    void itIsDatedByTheServer() throws SQLException {
        try (Connection primary = in(original)) {
            Instant before = clock(primary);
            ConsistencyMarker marker = ConsistencyMarker.write(primary, "now");
            assertThat(marker.writtenAt()).isBetween(before, clock(primary));
        }
    }

    private static Instant clock(Connection connection) throws SQLException {
        return Instant.parse(Sql.column(
                        connection,
                        "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')")
                .get(0));
    }
}
