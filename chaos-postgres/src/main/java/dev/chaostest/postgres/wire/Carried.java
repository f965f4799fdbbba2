// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Hang;
import dev.chaostest.postgres.wire.message.CancelOnServer;
import dev.chaostest.postgres.wire.message.CorruptByte;
import dev.chaostest.postgres.wire.message.DropRest;
import dev.chaostest.postgres.wire.message.Slice;
import dev.chaostest.postgres.wire.message.Swallow;
import java.util.Map;
import java.util.Set;

/** Which faults the wire seam carries out, by the kind of their sites. */
final class Carried {

    private Carried() {}

    /** The classes of faults, by the seam's short name. */
    static Map<String, Set<Class<? extends Fault>>> faults() {
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
