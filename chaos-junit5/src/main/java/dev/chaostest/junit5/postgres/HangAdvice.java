// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.ChaosScope;
import dev.chaostest.ledger.LedgerEntry.Fired;
import dev.chaostest.link.toxic.BlackHole;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Hang;
import dev.chaostest.postgres.advice.Advice;
import java.util.List;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a red test whose client was left without an answer should know of its DataSource. */
final class HangAdvice {

    private static final Logger LOG = LoggerFactory.getLogger(HangAdvice.class);

    private HangAdvice() {}

    /** Lines for the report; none where nothing was silent. The server is not asked: it may be what is silent. */
    static List<String> lines(ChaosScope scope, DataSource source) {
        List<Fault> faults = scope.fired().stream().map(Fired::fault).toList();
        if (faults.stream().anyMatch(Hang.class::isInstance)) {
            return of(source);
        }
        return faults.stream().anyMatch(BlackHole.class::isInstance)
                ? List.of(
                        "hint     : a link was a black hole; Advice.of(dataSource).require() tells whether its client has "
                                + "time-outs")
                : List.of();
    }

    private static List<String> of(DataSource source) {
        try {
            return Advice.ofSettings(source)
                    .only("connectTimeout", "loginTimeout", "socketTimeout", "connectionTimeout")
                    .recommendations()
                    .stream()
                    .map(each -> "advice   : " + each)
                    .toList();
        } catch (ChaosException ofAnotherKind) {
            LOG.debug("There is no advice", ofAnotherKind);
            return List.of();
        }
    }
}
