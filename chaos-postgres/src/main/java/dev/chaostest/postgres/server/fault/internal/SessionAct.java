// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.fault.internal;

import java.sql.SQLException;

/** What is done to a session once. */
public interface SessionAct {

    /** Fails where it can't be done, before anything is. */
    void require(Session session);

    /** Does it, looks that it came about, and says what was seen. */
    String strike(Session session) throws SQLException;
}
