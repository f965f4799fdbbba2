// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Hang;
import dev.chaostest.postgres.wire.Sabotage;
import dev.chaostest.postgres.wire.ServerError;
import dev.chaostest.postgres.wire.SilentRollback;
import dev.chaostest.postgres.wire.SlowStatement;
import dev.chaostest.postgres.wire.message.CancelOnServer;
import dev.chaostest.postgres.wire.message.CorruptByte;
import dev.chaostest.postgres.wire.message.DropRest;
import dev.chaostest.postgres.wire.message.Slice;
import dev.chaostest.postgres.wire.message.Swallow;
import dev.chaostest.postgres.wire.sql.internal.SqlSites;
import dev.chaostest.postgres.wire.sql.internal.WireSites;
import java.util.Map;
import java.util.Set;

/** Which faults the wire seam carries out, by the kind of their sites. */
public final class Carried {

    private Carried() {}

    /** The classes of faults, by the seam's short name. */
    public static Map<String, Set<Class<? extends Fault>>> faults() {
        return Map.of(
                SqlSites.SEAM,
                        Set.of(
                                Delay.class,
                                Hang.class,
                                Cut.class,
                                ServerError.class,
                                SlowStatement.class,
                                Sabotage.class,
                                SilentRollback.class),
                WireSites.SEAM,
                        Set.of(
                                Delay.class,
                                Hang.class,
                                Cut.class,
                                Sabotage.class,
                                Swallow.class,
                                DropRest.class,
                                Slice.class,
                                CorruptByte.class,
                                CancelOnServer.class));
    }
}
