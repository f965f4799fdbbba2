// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import java.util.Optional;

/**
 * A statement that the server refused with 25P02, since its transaction had failed before: whoever sent it went on as if it
 * had not.
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param pid the process that serves the session
 * @param statement its normalised text, without values
 * @param caller the frame of the code under test that sent it, if that is on the stack
 * @since 0.1
 */
public record Refused(int pid, String statement, Optional<String> caller) {

    @Override
    public String toString() {
        return statement + caller.map(by -> " from " + by).orElse("");
    }
}
