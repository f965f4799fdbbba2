// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sqlstate;

import static java.util.Map.entry;

import java.sql.SQLDataException;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.SQLInvalidAuthorizationSpecException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLSyntaxErrorException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransactionRollbackException;
import java.sql.SQLTransientConnectionException;
import java.util.Map;

/** Which kind each state is: a state of its own, else its class; and each of JDBC's types, for failures without one. */
final class Catalogue {

    private static final Map<String, FailureKind> STATES = Map.ofEntries(
            entry("40000", FailureKind.SERIALIZATION),
            entry("40001", FailureKind.SERIALIZATION),
            entry("40002", FailureKind.CONSTRAINT_VIOLATION),
            entry("40003", FailureKind.CONNECTION_LOST), // "statement completion unknown"
            entry("40P01", FailureKind.DEADLOCK),
            entry("23505", FailureKind.UNIQUE_VIOLATION),
            entry("57014", FailureKind.TIMEOUT),
            entry("25P03", FailureKind.TIMEOUT),
            entry("25P04", FailureKind.TIMEOUT),
            entry("55P03", FailureKind.LOCK_NOT_AVAILABLE),
            entry("55006", FailureKind.LOCK_NOT_AVAILABLE),
            entry("08001", FailureKind.CONNECTION_REFUSED),
            entry("08004", FailureKind.CONNECTION_REFUSED),
            entry("57P03", FailureKind.CONNECTION_REFUSED), // only ever the answer to a connect
            entry("25006", FailureKind.READ_ONLY),
            entry("25P02", FailureKind.ABORTED_TRANSACTION),
            entry("42501", FailureKind.ACCESS_DENIED));

    private static final Map<String, FailureKind> CLASSES = Map.ofEntries(
            entry("03", FailureKind.PROGRAMMING_ERROR),
            entry("07", FailureKind.PROGRAMMING_ERROR), // pgjdbc: a parameter's type
            entry("08", FailureKind.CONNECTION_LOST),
            entry("09", FailureKind.RAISED),
            entry("0A", FailureKind.PROGRAMMING_ERROR),
            entry("0B", FailureKind.PROGRAMMING_ERROR),
            entry("0F", FailureKind.PROGRAMMING_ERROR),
            entry("0L", FailureKind.ACCESS_DENIED),
            entry("0P", FailureKind.ACCESS_DENIED),
            entry("0Z", FailureKind.RAISED),
            entry("10", FailureKind.DATA_ERROR),
            entry("20", FailureKind.PROGRAMMING_ERROR),
            entry("21", FailureKind.PROGRAMMING_ERROR),
            entry("22", FailureKind.DATA_ERROR),
            entry("23", FailureKind.CONSTRAINT_VIOLATION),
            entry("24", FailureKind.PROGRAMMING_ERROR),
            entry("25", FailureKind.PROGRAMMING_ERROR),
            entry("26", FailureKind.PROGRAMMING_ERROR),
            entry("27", FailureKind.PROGRAMMING_ERROR),
            entry("28", FailureKind.ACCESS_DENIED),
            entry("2B", FailureKind.PROGRAMMING_ERROR),
            entry("2D", FailureKind.PROGRAMMING_ERROR),
            entry("2F", FailureKind.PROGRAMMING_ERROR),
            entry("34", FailureKind.PROGRAMMING_ERROR),
            entry("38", FailureKind.RAISED),
            entry("39", FailureKind.RAISED),
            entry("3B", FailureKind.PROGRAMMING_ERROR),
            entry("3D", FailureKind.PROGRAMMING_ERROR),
            entry("3F", FailureKind.PROGRAMMING_ERROR),
            entry("42", FailureKind.PROGRAMMING_ERROR),
            entry("44", FailureKind.CONSTRAINT_VIOLATION),
            entry("53", FailureKind.RESOURCE_EXHAUSTED),
            entry("54", FailureKind.PROGRAMMING_ERROR),
            entry("55", FailureKind.PROGRAMMING_ERROR),
            entry("57", FailureKind.CONNECTION_LOST),
            entry("58", FailureKind.INTERNAL_ERROR),
            entry("60", FailureKind.INTERNAL_ERROR), // pgjdbc
            entry("72", FailureKind.RESOURCE_EXHAUSTED), // a snapshot too old, up to PostgreSQL 16
            entry("F0", FailureKind.INTERNAL_ERROR),
            entry("HV", FailureKind.INTERNAL_ERROR),
            entry("P0", FailureKind.RAISED),
            entry("XX", FailureKind.INTERNAL_ERROR));

    /** No type of them is a subtype of another. */
    private static final Map<Class<? extends SQLException>, FailureKind> TYPES = Map.of(
            SQLTimeoutException.class, FailureKind.TIMEOUT,
            SQLTransientConnectionException.class, FailureKind.POOL_EXHAUSTED,
            SQLNonTransientConnectionException.class, FailureKind.CONNECTION_LOST,
            SQLRecoverableException.class, FailureKind.CONNECTION_LOST,
            SQLTransactionRollbackException.class, FailureKind.SERIALIZATION,
            SQLIntegrityConstraintViolationException.class, FailureKind.CONSTRAINT_VIOLATION,
            SQLInvalidAuthorizationSpecException.class, FailureKind.ACCESS_DENIED,
            SQLDataException.class, FailureKind.DATA_ERROR,
            SQLSyntaxErrorException.class, FailureKind.PROGRAMMING_ERROR,
            SQLFeatureNotSupportedException.class, FailureKind.PROGRAMMING_ERROR);

    private Catalogue() {}

    static FailureKind kind(SqlState state) {
        FailureKind own = STATES.get(state.code());
        return own != null ? own : CLASSES.getOrDefault(state.category(), FailureKind.UNKNOWN);
    }

    /** The kind of a failure without a state, by what JDBC says that its type means. */
    static FailureKind kind(SQLException stateless) {
        return TYPES.entrySet().stream()
                .filter(type -> type.getKey().isInstance(stateless))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(FailureKind.UNKNOWN);
    }
}
