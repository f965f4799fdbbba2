// SPDX-License-Identifier: Apache-2.0
package com.example.corpus.retry;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.corpus.Bug;
import com.example.corpus.Sql;
import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.junit5.ChaosSweep;
import dev.chaostest.junit5.postgres.IsolatedSchema;
import dev.chaostest.junit5.postgres.PostgresTest;
import dev.chaostest.postgres.sweep.Sweep;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import javax.sql.DataSource;

/** A mail is sent in the middle of what is tried again, and no rollback takes it back. */
@Bug(value = "side effect inside the retried block", says = "mails", asks = "`check`")
final class MailInRetriedBlock {

    interface Orders {
        void place(String request, String item) throws SQLException;
    }

    record Buggy(DataSource shop, List<String> mails) implements Orders {
        @Override
        public void place(String request, String item) throws SQLException {
            retrying(shop, transaction -> {
                Sql.run(transaction, "INSERT INTO orders (request, item) VALUES (?, ?)", request, item);
                mails.add("thank you for " + request);
                Sql.run(transaction, "UPDATE stock SET n = n - 1 WHERE item = ?", item);
            });
        }
    }

    record Fixed(DataSource shop, List<String> mails) implements Orders {
        @Override
        public void place(String request, String item) throws SQLException {
            retrying(shop, transaction -> {
                Sql.run(transaction, "INSERT INTO orders (request, item) VALUES (?, ?)", request, item);
                Sql.run(transaction, "UPDATE stock SET n = n - 1 WHERE item = ?", item);
            });
            mails.add("thank you for " + request);
        }
    }

    private static void retrying(DataSource shop, Sql.Work work) throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try {
                Sql.inTransaction(shop, work);
                return;
            } catch (SQLException failure) {
                if (attempt == 3 || !Sql.isTransient(failure)) {
                    throw failure;
                }
            }
        }
    }

    @PostgresTest
    @IsolatedSchema("/orders.sql")
    abstract static class Sweeps {

        private final BiFunction<DataSource, List<String>, Orders> service;

        Sweeps(BiFunction<DataSource, List<String>, Orders> service) {
            this.service = service;
        }

        @ChaosSweep
        void noOrderIsThankedForTwice(HikariDataSource shop, Sweep sweep) throws SQLException {
            List<String> mails = new ArrayList<>();
            sweep.check("one mail", () -> assertThat(mails).as("mails").hasSizeLessThan(2));
            service.apply(shop, mails).place("r-1", "book");
        }
    }

    static class BuggySweep extends Sweeps {
        BuggySweep() {
            super(Buggy::new);
        }
    }

    static class FixedSweep extends Sweeps {
        FixedSweep() {
            super(Fixed::new);
        }
    }
}
