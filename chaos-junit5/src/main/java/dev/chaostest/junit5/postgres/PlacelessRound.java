// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.junit5.internal.MeantToFail;
import dev.chaostest.junit5.internal.TestRound;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.wire.Sabotage;
import java.lang.reflect.Method;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/** In the place of the rounds of a sabotage that found no place: a check that checks nothing must not be green. */
final class PlacelessRound implements BeforeEachCallback, InvocationInterceptor, MeantToFail {

    private final String test;
    private final Sabotage sabotage;

    PlacelessRound(String test, Sabotage sabotage) {
        this.test = test;
        this.sabotage = sabotage;
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        TestRound.of(context).meantToFail(this);
    }

    @Override
    public void interceptTestTemplateMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context) {
        invocation.skip();
    }

    @Override
    public void failed(Throwable thrown) {
        // what runs behind a test that did not run may well fail
    }

    @Override
    public void ended() {
        throw new ChaosException("@ChaosMustCatch(" + sabotage.name() + ") on " + test + " must find " + wanted()
                + ", but there was none. Statements that the test class sends itself don't count: have the code under "
                + "test use the DataSource of the test, or remove " + sabotage.name() + ".");
    }

    private String wanted() {
        return switch (sabotage) {
            case COMMIT_INSTEAD_OF_ROLLBACK -> "a ROLLBACK of something that was written";
            case COMMIT_IN_THE_MIDDLE -> "a transaction that writes twice";
            case RUN_TWICE, DROP_WRITE -> "a statement that writes and is committed";
            case HIDE_ROW -> "a query that has rows";
        };
    }
}
