// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import java.sql.SQLException;
import org.junit.jupiter.api.Nested;

/** What a client sees of faults in this process it sees of those on a TCP link. */
class LinkMountContractTest {

    @Nested
    class Cuts extends CutTest {
        @Override
        WireFixture fixture() throws SQLException {
            return new WireFixture(new LinkMount());
        }
    }

    @Nested
    class Rows extends RowTest {
        @Override
        WireFixture fixture() throws SQLException {
            return new WireFixture(new LinkMount());
        }
    }

    @Nested
    class Cancels extends CancelTest {
        @Override
        WireFixture fixture() throws SQLException {
            return new WireFixture(new LinkMount());
        }
    }

    @Nested
    class Sabotages extends SabotageTest {
        @Override
        WireFixture fixture() throws SQLException {
            return new WireFixture(new LinkMount());
        }
    }

    @Nested
    class Messages extends MessageTest {
        @Override
        WireFixture fixture() throws SQLException {
            return new WireFixture(new LinkMount());
        }

        @Override
        String caller() {
            return "null";
        }
    }

    @Nested
    class MessageFaults extends MessageFaultsTest {
        @Override
        WireFixture fixture() throws SQLException {
            return new WireFixture(new LinkMount());
        }
    }
}
