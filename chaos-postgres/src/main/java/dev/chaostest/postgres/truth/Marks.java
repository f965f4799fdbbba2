// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.truth;

/**
 * Where transactions leave their marks.
 *
 * @param table quoted
 * @param function leaves one, and answers with its id; quoted
 */
record Marks(String table, String function) {

    /** One string is one transaction: two who make the same wait for each other instead of failing. */
    String definition() {
        return "SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('chaos_marks'));"
                + " CREATE TABLE IF NOT EXISTS " + table + " (id uuid NOT NULL);"
                + " GRANT SELECT, INSERT ON " + table + " TO PUBLIC;"
                + " CREATE OR REPLACE FUNCTION " + function + "() RETURNS uuid LANGUAGE sql AS $chaos$"
                + " INSERT INTO " + table + " (id) VALUES (pg_catalog.gen_random_uuid()) RETURNING id $chaos$";
    }
}
