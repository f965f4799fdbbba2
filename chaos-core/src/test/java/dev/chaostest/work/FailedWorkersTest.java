// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.work;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FailedWorkersTest {

    private static final String ADVICE =
            " Correct the code under test, classify a failure that is expected, or give slow work a longer deadline.";
    private static final Classifier BROKEN = Classifier.of("broken", IOException.class);

    @Test
    void unexpectedFailureFailsTheRun() {
        IllegalStateException bug = new IllegalStateException("a bug");

        assertThatThrownBy(
                        () -> Workers.of(2).named("transfer").classify(BROKEN).run(worker -> {
                            if (worker.index() == 1) {
                                throw bug;
                            }
                        }))
                .isInstanceOf(WorkersError.class)
                .hasCause(bug)
                .hasMessage(
                        "Each worker \"transfer\" must end within 60s with success or an expected failure, but 1 of 2 "
                                + "did not." + ADVICE
                                + "\n  failed  : transfer-1: java.lang.IllegalStateException: a bug");
    }

    @Test
    void assertionInAWorkerAlwaysFailsTheRunAndIsShownOnOneLine() {
        assertThatThrownBy(() -> Workers.of(1)
                        .classify(failure -> Optional.of("anything"))
                        .run(worker -> assertThat(1).isEqualTo(2)))
                .isInstanceOf(WorkersError.class)
                .hasCauseInstanceOf(AssertionError.class)
                .hasMessage(
                        "Each worker \"worker\" must end within 60s with success or an expected failure, but 1 of 1 "
                                + "did not." + ADVICE
                                + "\n  failed  : worker-0: org.opentest4j.AssertionFailedError: expected: 2 but was: 1");
    }

    @Test
    void allFailuresAreToldOneAsTheCauseAndOthersSuppressed() {
        Throwable error = catchThrowable(() -> Workers.of(4).run(worker -> {
            throw new IllegalStateException("bug " + worker.index());
        }));

        assertThat(Stream.concat(Stream.of(error.getCause()), Stream.of(error.getSuppressed())))
                .extracting(Throwable::getMessage)
                .containsExactlyInAnyOrder("bug 0", "bug 1", "bug 2", "bug 3");
        assertThat(error).hasMessageContaining("but 4 of 4 did not.");
    }

    @Test
    void oneExceptionThrownByAllIsNotSuppressedByItself() {
        IllegalStateException same = new IllegalStateException("same");

        assertThat(catchThrowable(() -> Workers.of(3).run(worker -> {
                    throw same;
                })))
                .hasCause(same)
                .hasNoSuppressedExceptions();
    }

    @Test
    void longTextIsCutAndManyLinesAreCounted() {
        Throwable error = catchThrowable(() -> Workers.of(30).atOnce(1).run(worker -> {
            throw new IllegalStateException("x".repeat(1_000));
        }));

        assertThat(requireNonNull(error.getMessage()).lines()).hasSize(21).allMatch(line -> line.length() < 600);
        assertThat(error.getMessage()).endsWith("x... ... and 10 more");
    }

    @Test
    void interruptedTaskIsAFailureLikeAnyOther() {
        assertThatThrownBy(() -> Workers.of(1).run(worker -> {
                    throw new InterruptedException("who?");
                }))
                .isInstanceOf(WorkersError.class)
                .hasCauseInstanceOf(InterruptedException.class);
    }

    @Test
    void taskWithAResultMustReturnOne() {
        assertThatThrownBy(() -> Workers.of(1).call(worker -> System.getProperty("chaos.no.such.property")))
                .isInstanceOf(WorkersError.class)
                .cause()
                .hasMessage("The task of a worker must return a value, but returned null. Use run() for a task without "
                        + "one.");
    }

    @Nested
    class WhenTheClassifierIsWrong {

        @ParameterizedTest
        @ValueSource(strings = {"", " ", "success"})
        void labelMustBeAWordOfItsOwn(String label) {
            assertThatThrownBy(() -> Workers.of(1)
                            .classify(Classifier.of(label, IOException.class))
                            .run(worker -> {
                                throw new IOException("broken");
                            }))
                    .isInstanceOf(WorkersError.class)
                    .cause()
                    .hasMessage("The label of a failure must be a word other than \"success\", but was \"" + label
                            + "\". Use for example \"refused\".")
                    .satisfies(e -> assertThat(e.getSuppressed()).hasOnlyElementsOfType(IOException.class));
        }

        @Test
        void itsOwnFailureFailsTheRunWithTheOriginalSuppressed() {
            IllegalArgumentException bug = new IllegalArgumentException("cannot tell");
            IOException original = new IOException("broken");

            assertThatThrownBy(() -> Workers.of(1)
                            .classify(failure -> {
                                throw bug;
                            })
                            .run(worker -> {
                                throw original;
                            }))
                    .hasCause(bug);
            assertThat(bug).hasSuppressedException(original);
        }

        @Test
        void itMayThrowTheFailureItself() {
            IllegalStateException failure = new IllegalStateException("broken");

            assertThatThrownBy(() -> Workers.of(1)
                            .classify(f -> {
                                throw failure;
                            })
                            .run(worker -> {
                                throw failure;
                            }))
                    .hasCause(failure);
        }
    }

    @Nested
    class WhenAResourceCanNotBeOpened {

        private final AtomicInteger opened = new AtomicInteger();
        private final AtomicInteger begun = new AtomicInteger();
        private final Queue<String> closed = new ConcurrentLinkedQueue<>();

        private AutoCloseable open() throws IOException {
            if (Thread.currentThread().getName().endsWith("-1")) {
                throw new IOException("refused");
            }
            opened.incrementAndGet();
            return () -> closed.add(Thread.currentThread().getName());
        }

        @Test
        void noTaskBeginsAndWhatWasOpenedIsClosed() {
            assertThatThrownBy(() -> Workers.of(3)
                            .named("transfer")
                            .classify(BROKEN)
                            .each(this::open)
                            .run(worker -> begun.incrementAndGet()))
                    .isInstanceOf(WorkersError.class)
                    .hasCauseInstanceOf(IOException.class)
                    .hasMessage(
                            "Each worker \"transfer\" must end within 60s with success or an expected failure, but 3 of "
                                    + "3 did not." + ADVICE + "\n  opening : transfer-1: java.io.IOException: refused"
                                    + "\n  idle    : transfer-0, transfer-2 never began");
            assertThat(begun).hasValue(0);
            assertThat(opened).hasValue(2);
            assertThat(closed).containsExactlyInAnyOrder("chaos-worker-transfer-0", "chaos-worker-transfer-2");
        }

        @Test
        void noTaskBeginsWhateverTheLimit() {
            assertThatThrownBy(() -> Workers.of(5).atOnce(1).each(this::open).run(worker -> begun.incrementAndGet()))
                    .isInstanceOf(WorkersError.class);
            assertThat(begun).hasValue(0);
            assertThat(closed).hasSize(4);
        }

        @Test
        @SuppressWarnings("NullAway") // what an opener without null checks may do
        void nothingIsRefusedToo() {
            assertThatThrownBy(() -> Workers.of(1).each(() -> null).run(worker -> begun.incrementAndGet()))
                    .isInstanceOf(WorkersError.class)
                    .cause()
                    .hasMessage("The resource of a worker must not be null, but was. Return one, or leave each() out.");
        }
    }

    @Nested
    class WhenAResourceCanNotBeClosed {

        @Test
        void theRunFails() {
            assertThatThrownBy(() -> Workers.of(1)
                            .each(() -> () -> {
                                throw new IOException("still busy");
                            })
                            .run(worker -> {}))
                    .isInstanceOf(WorkersError.class)
                    .hasMessageEndingWith(ADVICE + "\n  closing : worker-0: java.io.IOException: still busy");
        }

        @Test
        void theFailureOfTheTaskComesFirst() {
            assertThatThrownBy(() -> Workers.of(1)
                            .each(() -> () -> {
                                throw new IOException("still busy");
                            })
                            .run(worker -> {
                                throw new IllegalStateException("a bug");
                            }))
                    .hasCauseInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("but 1 of 1 did not.")
                    .satisfies(e -> assertThat(e.getSuppressed()).hasOnlyElementsOfType(IOException.class));
        }
    }
}
