// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import dev.chaostest.plan.Site;
import dev.chaostest.postgres.wire.sql.internal.SqlSites;

/** What the seam calls a statement, for tests that see only its text. */
public final class SiteNames {

    private SiteNames() {}

    public static Site of(String sql) {
        return SqlSites.site(sql);
    }
}
