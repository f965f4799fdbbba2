// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import dev.chaostest.mount.Strike;
import org.jspecify.annotations.Nullable;

/**
 * A struck call whose answer is its return: the caller's thread does the waiting.
 *
 * @param blows its faults
 */
record DirectCall(Blows blows) {

    @Nullable
    Object run(Blows.Effect effect) throws Throwable {
        for (Strike.Blow wait : blows.waitsBefore()) {
            await(wait, null);
        }
        Answer answer = blows.effect(effect);
        for (Strike.Blow after : blows.after()) {
            if (Pause.isOne(after.fault())) {
                await(after, answer.thrown());
            } else {
                answer = blows.strikeAfter(after, answer);
            }
        }
        return answer.get();
    }

    private void await(Strike.Blow wait, @Nullable Throwable lost) throws Throwable {
        try {
            Pause.begin(wait).await();
        } catch (InterruptedException e) {
            Throwable seen = blows.operation().interrupted(e);
            if (lost != null) {
                seen.addSuppressed(lost);
            }
            throw seen;
        }
    }
}
