// SPDX-License-Identifier: Apache-2.0
package com.example.scenarios;

import static com.example.scenarios.Sql.inTransaction;
import static com.example.scenarios.Sql.run;

import java.sql.SQLException;
import javax.sql.DataSource;

/** What a test tries: the service of an application. */
final class Accounts {

    private Accounts() {}

    static void deposit(DataSource shop, int id, int amount) throws SQLException {
        inTransaction(
                shop, transaction -> run(transaction, "UPDATE account SET balance = balance + ? WHERE id = ?", amount, id));
    }
}
