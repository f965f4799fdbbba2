// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.ChaosScope;
import dev.chaostest.junit5.ChaosSeed;
import dev.chaostest.junit5.Inner;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.sql.SQLException;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Which annotations hold for a test, where classes nest and inherit. */
class InheritanceTest {

    abstract static class Base {
        @Nested
        class InASuperclass {
            @Test
            void hasTheAnnotationsOfTheSubclass(DataSource bank, ChaosScope scope) throws SQLException {
                assertThat(scope.seed()).hasToString("5");
                assertThat(Bank.ask(bank, "SELECT current_schema")).startsWith("sub_");
                assertThatThrownBy(() -> Bank.add(bank, 1, 1)).isInstanceOf(SQLException.class);
            }
        }
    }

    @Nested
    class OfASubclass {
        @Test
        void areThoseOfANestedClassInItsSuperclassToo() {
            Inner inner = Inner.run(SubTestCases.class);

            assertThat(inner.failures()).isEmpty();
            assertThat(inner.succeeded()).isEqualTo(1);
        }
    }

    @PostgresTest
    @IsolatedSchema(value = "/dev/chaostest/junit5/postgres/bank.sql", prefix = "sub")
    @ChaosSeed(5)
    @ChaosFailure(sqlState = "40001", on = "UPDATE account")
    static class SubTestCases extends Base {}

    @Test
    void aStaticClassInsideHasNoneOfTheOuters() {
        assertThat(Inner.run(OuterTestCases.StaticTestCases.class).failures()).isEmpty();
    }

    @ChaosFailure(sqlState = "40001", on = "UPDATE account")
    static class OuterTestCases {
        @PostgresTest
        static class StaticTestCases {
            @Test
            void hasNoRules(ChaosScope scope) {
                assertThat(scope.plan().rules()).isEmpty();
            }
        }
    }

    @Retention(RetentionPolicy.RUNTIME)
    @Test
    @IsolatedSchema("bank.sql")
    @ChaosFailure(sqlState = "40001", on = "UPDATE account")
    @interface TransferMeetsConflict {}

    @PostgresTest
    @Nested
    class ComposedByAUser {
        @TransferMeetsConflict
        void theyHold(DataSource bank) {
            assertThatThrownBy(() -> Bank.add(bank, 1, 1)).isInstanceOf(SQLException.class);
        }
    }

    @Test
    void aTestFactoryIsRefused() {
        assertThat(Inner.run(FactoryTestCases.class).message())
                .contains("A chaos test must be a method of its own, but InheritanceTest$FactoryTestCases.makes is a "
                        + "@TestFactory. Use @ParameterizedTest, or @ChaosTest(rounds).");
    }

    @PostgresTest
    static class FactoryTestCases {
        @TestFactory
        @ChaosFailure(sqlState = "40001", on = "UPDATE nothing")
        Stream<DynamicTest> makes() {
            return Stream.of(DynamicTest.dynamicTest("never", () -> {}));
        }
    }

    @Test
    void twoEqualFaultsAreRefused() {
        assertThat(Inner.run(TwiceTestCases.class).message())
                .startsWith("Each @ChaosFailure on ")
                .endsWith(" must differ from the others, but two are equal. Write one, with times = 2.");
    }

    @PostgresTest
    static class TwiceTestCases {
        @Test
        @ChaosFailure(sqlState = "40001", on = "SELECT")
        @ChaosFailure(sqlState = "40001", on = "SELECT")
        void isNeverRun() {}
    }
}
