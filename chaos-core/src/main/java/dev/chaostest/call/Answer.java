// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import org.jspecify.annotations.Nullable;

/**
 * How a call ended: with a value, or with what it threw.
 *
 * @param value the result; null if it threw
 * @param thrown what it threw; null if it did not
 */
record Answer(@Nullable Object value, @Nullable Throwable thrown) {

    static Answer of(@Nullable Object value) {
        return new Answer(value, null);
    }

    static Answer failed(Throwable thrown) {
        return new Answer(null, thrown);
    }

    @Nullable
    Object get() throws Throwable {
        if (thrown != null) {
            throw thrown;
        }
        return value;
    }
}
