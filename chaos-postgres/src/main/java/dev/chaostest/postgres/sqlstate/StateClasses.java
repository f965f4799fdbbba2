// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sqlstate;

import static java.util.Map.entry;

import java.util.Map;

/** The titles of the classes that the catalogue has states of. Source: PostgreSQL documentation, Appendix A. */
final class StateClasses {

    private static final Map<String, String> TITLES = Map.ofEntries(
            entry("08", "Connection Exception"),
            entry("0A", "Feature Not Supported"),
            entry("21", "Cardinality Violation"),
            entry("22", "Data Exception"),
            entry("23", "Integrity Constraint Violation"),
            entry("25", "Invalid Transaction State"),
            entry("26", "Invalid SQL Statement Name"),
            entry("28", "Invalid Authorization Specification"),
            entry("2B", "Dependent Privilege Descriptors Still Exist"),
            entry("2D", "Invalid Transaction Termination"),
            entry("34", "Invalid Cursor Name"),
            entry("3B", "Savepoint Exception"),
            entry("3D", "Invalid Catalog Name"),
            entry("3F", "Invalid Schema Name"),
            entry("40", "Transaction Rollback"),
            entry("42", "Syntax Error or Access Rule Violation"),
            entry("44", "WITH CHECK OPTION Violation"),
            entry("53", "Insufficient Resources"),
            entry("54", "Program Limit Exceeded"),
            entry("55", "Object Not In Prerequisite State"),
            entry("57", "Operator Intervention"),
            entry("58", "System Error"),
            entry("P0", "PL/pgSQL Error"),
            entry("XX", "Internal Error"));

    private StateClasses() {}

    static String title(String category) {
        return TITLES.getOrDefault(category, "class " + category);
    }
}
