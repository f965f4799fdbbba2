// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.advice;

/**
 * One setting that should be another.
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param setting its name, as pgjdbc, HikariCP or PostgreSQL spells it
 * @param found what it is
 * @param recommended what to set, for copying
 * @param why what happens otherwise, a sentence
 * @since 0.1
 */
public record Recommendation(String setting, String found, String recommended, String why) {

    @Override
    public String toString() {
        return setting + " is " + found + "; set " + recommended + ". " + why;
    }
}
