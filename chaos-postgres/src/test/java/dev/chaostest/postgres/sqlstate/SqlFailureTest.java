// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sqlstate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.work.Classifier;
import java.sql.BatchUpdateException;
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
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/** Which of several failures is the root of the trouble; what real servers and pools throw is in RealFailuresTest. */
class SqlFailureTest {

    @Test
    void whatHasNothingToDoWithADatabaseIsNoFailureOfIt() {
        assertThat(SqlFailure.of(new IllegalStateException("40001", new RuntimeException("could not serialize"))))
                .isEmpty();
    }

    @Test
    void aFailureIsFoundInsideWhatAFrameworkWrapped() {
        SQLException inner = state("40001");

        SqlFailure failure = found(new RuntimeException(new ExecutionException(new RuntimeException(inner))));

        assertThat(failure.kind()).isEqualTo(FailureKind.SERIALIZATION);
        assertThat(failure.state()).contains(new SqlState("40001"));
        assertThat((Throwable) failure.exception()).isSameAs(inner);
        assertThat(failure.suppressed()).isFalse();
    }

    @Test
    void theNextExceptionOfABatchIsFound() {
        BatchUpdateException batch = new BatchUpdateException("batch", null, new int[0]);
        batch.setNextException(state("23505"));
        batch.setNextException(state("25P02"));

        assertThat(found(batch).kind()).isEqualTo(FailureKind.UNIQUE_VIOLATION);
    }

    @Test
    void aRollbackThatFailedTooHidesNothing() {
        SQLException root = state("40001");
        root.addSuppressed(state("08006"));

        assertThat(found(new RuntimeException(root)).kind()).isEqualTo(FailureKind.SERIALIZATION);
    }

    @Test
    void theCauseIsNearerToTheRootThanWhatItCaused() {
        SQLException outer = state("08006");
        outer.initCause(state("57P01"));

        assertThat(found(outer).state()).contains(new SqlState("57P01"));
    }

    @Test
    void theFirstOfTheNextExceptionsIsTheRoot() {
        SQLException first = state("53100");
        first.setNextException(state("40001"));

        assertThat(found(first).kind()).isEqualTo(FailureKind.RESOURCE_EXHAUSTED);
    }

    @Test
    void anAbortedTransactionAndAnUnknownFailureYieldToOneThatTellsMore() {
        SQLException aborted = state("25P02");
        aborted.setNextException(state("40P01"));
        SQLException unknown = state("99999");
        unknown.initCause(state(null));
        unknown.setNextException(state("25P02"));

        assertThat(found(aborted).kind()).isEqualTo(FailureKind.DEADLOCK);
        assertThat(found(unknown).kind()).isEqualTo(FailureKind.ABORTED_TRANSACTION);
    }

    @Test
    void whatIsOnlySuppressedIsFoundAndSaidToBeSo() {
        RuntimeException bug = new NullPointerException("bug");
        bug.addSuppressed(new RuntimeException(state("08006")));

        assertThat(found(bug).kind()).isEqualTo(FailureKind.CONNECTION_LOST);
        assertThat(found(bug).suppressed()).isTrue();
    }

    @Test
    void circlesEnd() {
        SQLException a = state("25P02");
        SQLException b = state("40001");
        a.initCause(b);
        b.initCause(a);
        a.setNextException(b);
        b.addSuppressed(a);

        assertThat((Throwable) found(a).exception()).isSameAs(b);
    }

    @Test
    void aChainWithoutAnEndIsLookedThroughUpToABound() {
        Throwable deep = state("40001");
        for (int i = 0; i < FailureSearch.LOOKED_AT_MAX - 1; i++) {
            deep = new RuntimeException(deep);
        }

        assertThat(SqlFailure.of(deep)).isPresent();
        assertThat(SqlFailure.of(new RuntimeException(deep))).isEmpty();
    }

    @Test
    void withoutAStateTheTypeDecides() {
        Map<SQLException, FailureKind> kinds = Map.ofEntries(
                Map.entry(new SQLTimeoutException(), FailureKind.TIMEOUT),
                Map.entry(new SQLTransientConnectionException(), FailureKind.POOL_EXHAUSTED),
                Map.entry(new SQLNonTransientConnectionException(), FailureKind.CONNECTION_LOST),
                Map.entry(new SQLRecoverableException(), FailureKind.CONNECTION_LOST),
                Map.entry(new SQLTransactionRollbackException(), FailureKind.SERIALIZATION),
                Map.entry(new SQLIntegrityConstraintViolationException(), FailureKind.CONSTRAINT_VIOLATION),
                Map.entry(new SQLInvalidAuthorizationSpecException(), FailureKind.ACCESS_DENIED),
                Map.entry(new SQLDataException(), FailureKind.DATA_ERROR),
                Map.entry(new SQLSyntaxErrorException(), FailureKind.PROGRAMMING_ERROR),
                Map.entry(new SQLFeatureNotSupportedException(), FailureKind.PROGRAMMING_ERROR),
                Map.entry(new SQLException(), FailureKind.UNKNOWN),
                Map.entry(new SQLTransientConnectionException("x", "08001"), FailureKind.CONNECTION_REFUSED),
                Map.entry(new SQLException("x", "no state"), FailureKind.UNKNOWN));

        kinds.forEach((thrown, kind) ->
                assertThat(found(thrown).kind()).as(thrown.toString()).isEqualTo(kind));
        assertThat(found(new SQLException("x", "no state")).state()).isEmpty();
    }

    @Test
    void aTimeoutOfTheClientAloneDoesNotSayWhatTheServerDid() {
        assertThat(found(new SQLTimeoutException()).transience()).isEqualTo(Transience.AMBIGUOUS);
        assertThat(found(state("57014")).transience()).isEqualTo(Transience.TRANSIENT);
    }

    @Test
    void theClassifierExpectsTheKindsThatItIsGiven() {
        Classifier classifier = SqlFailure.classifier(FailureKind.SERIALIZATION, FailureKind.DEADLOCK);

        assertThat(classifier.label(new RuntimeException(state("40001")))).contains("serialization failure");
        assertThat(classifier.label(state("40P01"))).contains("deadlock");
        assertThat(classifier.label(state("23505"))).isEmpty();
        assertThat(classifier.label(new IllegalStateException("deadlock"))).isEmpty();
    }

    @Test
    void theClassifierDoesNotTakeABugForAFailureOfTheDatabase() {
        RuntimeException bug = new NullPointerException("bug");
        bug.addSuppressed(state("08006"));

        assertThat(SqlFailure.classifier(FailureKind.CONNECTION_LOST).label(bug))
                .isEmpty();
    }

    private static SqlFailure found(Throwable thrown) {
        return SqlFailure.of(thrown).orElseThrow();
    }

    private static SQLException state(String state) {
        return new SQLException("whatever", state);
    }
}
