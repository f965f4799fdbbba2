// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.sql.internal;

import dev.chaostest.plan.Site;
import java.util.Optional;

/** The sites that are messages. */
public final class WireSites {

    public static final String SEAM = "wire";
    public static final Site CANCEL_REQUEST = new Site(SEAM, "CancelRequest");
    public static final Site NOTIFICATION = new Site(SEAM, "NotificationResponse");

    public static final Site DATA_ROW = new Site(SEAM, "DataRow");

    private static final String ROW = "DataRow of ";

    private WireSites() {}

    /** The rows of this statement. */
    public static Site row(Site statement) {
        return new Site(SEAM, ROW + statement.name());
    }

    public static Optional<Site> statementOfRow(Site site) {
        boolean isRow = site.seam().equals(SEAM) && site.name().startsWith(ROW);
        return isRow ? Optional.of(new Site(SqlSites.SEAM, site.name().substring(ROW.length()))) : Optional.empty();
    }
}
