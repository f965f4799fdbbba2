// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import dev.chaostest.mount.Strike;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.When;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The faults of one call: waits before the effect, the effect or a failure in its place, and what comes after it, in order.
 *
 * @param operation what was called
 * @param all the faults
 */
record Blows(Operation operation, List<Strike.Blow> all) {

    private static final int ANSWER_MAX = 200;

    /** The call of the object itself. */
    @FunctionalInterface
    interface Effect {
        @Nullable
        Object run() throws Throwable;
    }

    List<Strike.Blow> waitsBefore() {
        return all.stream()
                .filter(blow -> Pause.isOne(blow.fault()) && blow.fault().strikes() == When.BEFORE)
                .toList();
    }

    List<Strike.Blow> after() {
        return all.stream().filter(blow -> blow.fault().strikes() == When.AFTER).toList();
    }

    /** What the call comes to before anything after it: a failure, or else what the object does. */
    Answer effect(Effect effect) {
        return failureBefore().orElseGet(() -> run(effect));
    }

    private Optional<Answer> failureBefore() {
        return all.stream()
                .filter(blow -> !Pause.isOne(blow.fault()) && blow.fault().strikes() == When.BEFORE)
                .findFirst() // there is no second: it ends the call
                .filter(blow -> !isHealed(blow))
                .map(blow -> strike(blow, Answer.of(null)));
    }

    private static Answer run(Effect effect) {
        try {
            return Answer.of(effect.run());
        } catch (Throwable e) { // the object's own, whatever it is; the caller gets it
            return Answer.failed(e);
        }
    }

    /** Changes the answer, unless the fault was healed while others waited. */
    Answer strikeAfter(Strike.Blow blow, Answer answer) {
        return isHealed(blow) ? answer : strike(blow, answer);
    }

    private Answer strike(Strike.Blow blow, Answer answer) {
        Fault fault = blow.fault();
        if (fault instanceof Failure failure) {
            return fail(blow, failure, answer);
        }
        if (fault instanceof ChangedResult changed) {
            return change(blow, changed, answer);
        }
        return refuse(
                blow,
                "What strikes at " + operation.site() + " must be a delay, a hang, a failure or a changed "
                        + "result, but was \"" + fault + "\". Use one of those.");
    }

    private Answer fail(Strike.Blow blow, Failure failure, Answer own) {
        Throwable thrown = failure.thrown().get();
        if (thrown == null) {
            return refuse(
                    blow,
                    "The failure \"" + failure.text() + "\" at " + operation.site()
                            + " must make an exception, but made null. Have its supplier return a new one.");
        }
        if (!operation.mayFailWith(thrown)) {
            return refuse(
                    blow,
                    "A failure at " + operation.site() + " must be unchecked or declared by the method, but " + "was a "
                            + thrown.getClass().getName() + ". Declare it there, or throw what the caller can meet.");
        }
        Throwable lost = own.thrown();
        if (lost != null && lost != thrown) {
            thrown.addSuppressed(lost); // nothing that the object said gets lost
        }
        blow.answered(CallText.cut(CallText.plain(thrown), ANSWER_MAX));
        return Answer.failed(thrown);
    }

    private Answer change(Strike.Blow blow, ChangedResult changed, Answer answer) {
        if (answer.thrown() != null) {
            blow.answered("its own " + answer.thrown().getClass().getName());
            return answer;
        }
        Object value = changed.change().apply(answer.value());
        if (!operation.mayReturn(value)) {
            return refuse(
                    blow,
                    "A changed result of " + operation.site() + " must be of type "
                            + operation.valueType().getName() + ", but \"" + changed.text() + "\" is "
                            + (value == null ? "null" : "a " + value.getClass().getName())
                            + ". Give a value of that type.");
        }
        blow.answered(CallText.cut(changed.text(), ANSWER_MAX));
        return Answer.of(value);
    }

    private static Answer refuse(Strike.Blow blow, String why) {
        blow.refused(why);
        return Answer.failed(new ChaosException(why));
    }

    /** Whether its rule was taken out, or the round ended, since it was due. */
    private static boolean isHealed(Strike.Blow blow) {
        AtomicBoolean healed = new AtomicBoolean();
        blow.park(() -> healed.set(true)).run();
        if (healed.get()) {
            blow.answered("healed");
        }
        return healed.get();
    }
}
