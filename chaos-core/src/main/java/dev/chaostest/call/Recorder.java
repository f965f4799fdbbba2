// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import dev.chaostest.plan.ChaosException;
import java.lang.reflect.Proxy;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Records the calls of an interface, so that a test can replay how a dependency behaved.
 *
 * <p>It only looks on: results, exceptions and threads stay as they are. Around a real object it records that; around a
 * wrapped one, what the caller saw of the faults as well. Where a method returns a {@code CompletionStage}, the call is
 * recorded when that completes; a plain {@code Future} is recorded as it is returned. Arguments and results get into the
 * recording as text: arguments as in the ledger, results up to 10,000 characters.
 *
 * <pre>{@code
 * try (RecordingWriter tape = RecordingWriter.to(Path.of("gateway.jsonl"))) {
 *     Gateway recorded = Recorder.around(Gateway.class, real, tape);
 *     new Checkout(recorded).pay(order);
 * }
 * }</pre>
 *
 * @see Behaviors#replay
 * @since 0.1
 */
public final class Recorder {

    private Recorder() {}

    /**
     * Records results by their {@code toString}.
     *
     * @param type the interface
     * @param target what is called
     * @param tape where it is written; closing it ends the recording, while calls go on
     * @throws ChaosException if the type is not an interface, or the target none of it
     */
    public static <T> T around(Class<T> type, T target, RecordingWriter tape) {
        return around(type, target, tape, String::valueOf);
    }

    /**
     * Records results in a form that can be read again.
     *
     * @param type the interface
     * @param target what is called
     * @param tape where it is written; closing it ends the recording, while calls go on
     * @param print makes the text of a result; null stays null without it
     * @throws ChaosException if the type is not an interface, or the target none of it
     */
    public static <T> T around(
            Class<T> type, T target, RecordingWriter tape, Function<Object, @Nullable String> print) {
        Objects.requireNonNull(tape, "tape");
        if (!type.isInterface() || type.isSealed()) {
            throw new ChaosException("The type to record must be an interface that anyone may implement, but "
                    + type.getName() + " is none. Name the interface through which the code under test calls it.");
        }
        if (!type.isInstance(target)) {
            throw new ChaosException("The object to record must be a " + type.getName() + ", but was "
                    + (target == null ? "null" : "a " + target.getClass().getName())
                    + ". Hand over what is to be called.");
        }
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, new RecordedObject(type, target, tape, print)));
    }
}
