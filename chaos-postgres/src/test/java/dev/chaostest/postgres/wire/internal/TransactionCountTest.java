// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.postgres.wire.sql.internal.SqlSites;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransactionCountTest {

    /** F for the first of its transaction, A for one alone, - for anything else. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '>',
            value = {
                "BEGIN | UPDATE a | UPDATE b | COMMIT > -F--",
                "UPDATE a | UPDATE b > AA",
                "BEGIN | SELECT a | ROLLBACK | BEGIN | SELECT a | COMMIT > -F--F-",
                "BEGIN READ ONLY | SET LOCAL lock_timeout TO 1 | SHOW x | SAVEPOINT s | SELECT a | SELECT b > ----F-",
                "START TRANSACTION | UPDATE a | COMMIT AND CHAIN | UPDATE b | END | UPDATE c > -F-F-A",
                "BEGIN | UPDATE a | ROLLBACK TO SAVEPOINT s | UPDATE b | ABORT | UPDATE c > -F---A",
                "BEGIN | UPDATE a | PREPARE TRANSACTION 'x' | COMMIT PREPARED 'x' | UPDATE b > -F-AA",
                "BEGIN | BEGIN | UPDATE a | BEGIN | UPDATE b > --F--",
                "BEGIN; UPDATE a | UPDATE b | COMMIT > F--",
                "BEGIN; UPDATE a; COMMIT | UPDATE b > FA",
                "UPDATE a; UPDATE b | UPDATE c > AA",
                "connect | SET extra_float_digits = 3 | UPDATE a | disconnect > --A-",
            })
    void eachTransactionHasOneFirstStatement(String statements, String expected) {
        TransactionCount count = new TransactionCount(false);

        assertThat(places(count, statements)).isEqualTo(expected);
    }

    @Test
    void transactionThatWasOpenBeforeHasNone() {
        assertThat(places(new TransactionCount(true), "UPDATE a | COMMIT | BEGIN | UPDATE b"))
                .isEqualTo("---F");
    }

    private static String places(TransactionCount count, String statements) {
        List<String> all = Arrays.asList(statements.split("\\|", -1));
        StringBuilder places = new StringBuilder();
        for (String each : all) {
            String sql = each.strip();
            TransactionPlace place = count.next(
                    sql.equals("connect") || sql.equals("disconnect")
                            ? new dev.chaostest.plan.Site(SqlSites.SEAM, sql)
                            : SqlSites.site(sql));
            places.append(
                    switch (place) {
                        case FIRST -> 'F';
                        case ALONE -> 'A';
                        case ELSEWHERE -> '-';
                    });
        }
        return places.toString();
    }
}
