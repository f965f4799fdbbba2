// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import dev.chaostest.call.Recording.RecordedCall;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Course;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Detail;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** How far a replay got. Once a call was another than recorded, nothing after it means anything: all fail alike. */
final class ReplayCourse implements Course {

    private static final int TEXT_MAX = 80;
    private static final String HIDDEN = "(...)";

    private final Recording recording;
    private final BiFunction<String, @Nullable String, ? extends Throwable> failures;
    private final @Nullable BiFunction<String, String, @Nullable Object> results;
    private final boolean byMethod;
    private final Iterator<RecordedCall> next;
    private final Map<String, Iterator<RecordedCall>> nextOf = new HashMap<>();
    private @Nullable String mismatch;

    ReplayCourse(
            Recording recording,
            BiFunction<String, @Nullable String, ? extends Throwable> failures,
            @Nullable BiFunction<String, String, @Nullable Object> results,
            boolean byMethod) {
        this.recording = recording;
        this.failures = failures;
        this.results = results;
        this.byMethod = byMethod;
        this.next = recording.calls().iterator();
    }

    @Override
    public List<Fault> next(Trigger.Occasion occasion) {
        String method = occasion.hit().site().name();
        RecordedCall call = mismatch != null ? null : byMethod ? sameMethod(method) : same(method, occasion.detail());
        String why = mismatch;
        return call == null
                ? List.of(new Failure("not as recorded", () -> new ChaosException(String.valueOf(why)), When.BEFORE))
                : faults(call);
    }

    private @Nullable RecordedCall sameMethod(String method) {
        Iterator<RecordedCall> rest = nextOf.computeIfAbsent(
                method,
                key -> recording.calls().stream()
                        .filter(call -> call.method().equals(key))
                        .iterator());
        if (rest.hasNext()) {
            return rest.next();
        }
        mismatch = "a call of " + method + " must be one that " + recording.name() + " has, but all of them were "
                + "replayed. Record it again.";
        return null;
    }

    private @Nullable RecordedCall same(String method, Detail detail) {
        String arguments =
                detail instanceof Call call ? CallText.of("", call.arguments().toArray(), true) : null;
        boolean isSecret = detail instanceof Call call && !call.showsValues();
        String found = method + (isSecret ? HIDDEN : arguments == null ? "" : arguments);
        if (!next.hasNext()) {
            mismatch = "no call must come after those that " + recording.name() + " has, but " + found
                    + " did. Record it again, or take the fault out earlier.";
            return null;
        }
        RecordedCall call = next.next();
        if (call.method().equals(method)
                && (arguments == null || call.arguments().equals(arguments))) {
            return call;
        }
        mismatch = "the next call must be " + (isSecret ? call.method() + HIDDEN : call) + ", as line " + call.line()
                + " of " + recording.name() + " has it, but was " + found
                + ". Record it again, or match by method only.";
        return null;
    }

    private List<Fault> faults(RecordedCall call) {
        List<Fault> faults = new ArrayList<>();
        if (!call.latency().isZero()) {
            faults.add(Delay.of(call.latency()));
        }
        String failure = call.failure();
        if (failure != null) {
            String message = call.message();
            String text = failure + (message == null ? "" : ": " + CallText.cut(message, TEXT_MAX));
            faults.add(new Failure(text, () -> failures.apply(failure, message), When.BEFORE));
        } else if (results != null) {
            faults.add(result(call.method(), call.result(), results));
        }
        return faults;
    }

    private static ChangedResult result(
            String method, @Nullable String text, BiFunction<String, String, @Nullable Object> values) {
        return new ChangedResult(
                CallText.cut(String.valueOf(text), TEXT_MAX), own -> text == null ? null : values.apply(method, text));
    }
}
