// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.chaostest.plan.ChaosException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class OwnerTest {

    private final List<String> closed = new CopyOnWriteArrayList<>();
    private final Owner owner = new Owner("payment", Duration.ofSeconds(20));

    private void ownNamed(String name) {
        owner.own(name, () -> closed.add(name));
    }

    private static AutoCloseable throwing(Exception failure) {
        return () -> {
            throw failure;
        };
    }

    @Test
    void closesInReverseOrder() {
        ownNamed("pool");
        ownNamed("connection");
        ownNamed("statement");
        owner.close();

        assertThat(closed).containsExactly("statement", "connection", "pool");
    }

    @Test
    void givesTheResourceBack() {
        AutoCloseable resource = () -> {};

        assertThat(owner.own("it", resource)).isSameAs(resource);
        owner.close();
    }

    @Test
    void closingTwiceClosesOnce() {
        ownNamed("pool");
        owner.close();
        owner.close();

        assertThat(closed).containsExactly("pool");
    }

    @Test
    void resourceThatIsHandedOverWhileOthersCloseIsClosedToo() {
        owner.own("pool", () -> {
            try {
                ownNamed("late");
            } catch (IllegalStateException refused) {
                closed.add("refused");
            }
        });
        owner.close();

        assertThat(closed).containsExactly("late", "refused");
    }

    @Test
    void resourceThatIsHandedOverAfterCloseIsClosedAndRefused() {
        owner.close();

        assertThatThrownBy(() -> ownNamed("connection 7"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "connection 7 must be handed over while scope \"payment\" is open, but it is closed. It was "
                                + "closed at once; open it earlier.");
        assertThat(closed).containsExactly("connection 7");
    }

    @Test
    void failureOfALateResourceIsSuppressed() {
        IOException failure = new IOException("broken");
        owner.close();

        assertThatThrownBy(() -> owner.own("it", throwing(failure)))
                .isInstanceOf(IllegalStateException.class)
                .hasSuppressedException(failure);
    }

    @Nested
    class WhenClosingFails {

        @Test
        void firstFailureIsThrownAndOthersAreSuppressedAndTheRestIsClosed() {
            IllegalStateException second = new IllegalStateException("second");
            IllegalStateException first = new IllegalStateException("first");
            ownNamed("pool");
            owner.own("b", throwing(second));
            ownNamed("connection");
            owner.own("a", throwing(first));

            assertThat(catchThrowable(owner::close)).isSameAs(first).hasSuppressedException(second);
            assertThat(closed).containsExactly("connection", "pool");
            owner.close();
        }

        @Test
        void oneExceptionFromTwoResourcesDoesNotStopTheRest() {
            IllegalStateException same = new IllegalStateException("same");
            ownNamed("pool");
            owner.own("b", throwing(same));
            owner.own("a", throwing(same));

            assertThat(catchThrowable(owner::close)).isSameAs(same).hasNoSuppressedExceptions();
            assertThat(closed).containsExactly("pool");
        }

        @Test
        void checkedFailureIsTheCause() {
            IOException failure = new IOException("broken pipe");
            owner.own("link", throwing(failure));

            assertThatThrownBy(owner::close)
                    .isInstanceOf(ChaosException.class)
                    .hasCause(failure)
                    .hasMessage(
                            "Scope \"payment\" could not be closed cleanly: java.io.IOException: broken pipe. What it "
                                    + "opened may still be there; see the cause.");
        }

        @Test
        void errorIsThrownAsItIs() {
            AssertionError error = new AssertionError("wrong");
            owner.own("check", () -> {
                throw error;
            });

            assertThat(catchThrowable(owner::close)).isSameAs(error);
        }
    }

    @Nested
    class WhenAResourceHangs {

        private final CountDownLatch never = new CountDownLatch(1);
        private final CountDownLatch interrupted = new CountDownLatch(1);
        private final Owner impatient = new Owner("payment", Duration.ofMillis(50));

        private void hang() {
            try {
                never.await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        }

        @Test
        void itIsReportedWithItsStackAndTheRestIsClosed() throws InterruptedException {
            impatient.own("pool", () -> closed.add("pool"));
            impatient.own("connection 7", this::hang);

            assertThatThrownBy(impatient::close)
                    .isInstanceOf(ChaosException.class)
                    .hasMessageStartingWith(
                            "connection 7 of scope \"payment\" must close within 50ms, but did not. It was "
                                    + "interrupted and left behind; it was here:\n    at ")
                    .hasMessageContaining("OwnerTest$WhenAResourceHangs.hang(OwnerTest.java:");
            assertThat(closed).containsExactly("pool");
            interrupted.await();
        }
    }

    @Nested
    class WhenInterrupted {

        @Test
        void closingGoesOnAndTheFlagIsRestored() {
            AtomicReference<Boolean> seenInside = new AtomicReference<>();
            owner.own("pool", () -> seenInside.set(Thread.currentThread().isInterrupted()));
            ownNamed("connection");
            Thread.currentThread().interrupt();
            owner.close();

            assertThat(Thread.interrupted()).isTrue();
            assertThat(closed).containsExactly("connection");
            assertThat(seenInside).hasValue(false);
        }
    }

    @Nested
    class WhenCheckingForResidue {

        @Test
        void nothingLeftIsFine() {
            owner.check("locks", List::of);
            owner.close();

            assertThat(closed).isEmpty();
        }

        @Test
        void whatIsLeftIsSaidInFull() {
            owner.check("open transactions", () -> List.of("one on connection 7", "one on connection 9"));

            assertThatThrownBy(owner::close)
                    .isInstanceOf(ChaosException.class)
                    .hasMessage(
                            "Scope \"payment\" must leave no open transactions, but left one on connection 7; one on "
                                    + "connection 9. Close it in the code under test.");
        }

        @Test
        void itIsAskedAfterEverythingThatCameLaterIsClosed() {
            owner.check("locks", () -> {
                closed.add("check");
                return List.of();
            });
            ownNamed("connection");
            owner.close();

            assertThat(closed).containsExactly("connection", "check");
        }
    }
}
