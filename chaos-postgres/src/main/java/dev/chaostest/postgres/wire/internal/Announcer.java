// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import dev.chaostest.link.Hold;
import java.util.Optional;

/** Tells whoever observes a mount of a statement before it goes out. */
@FunctionalInterface
public interface Announcer {

    /** Answers what ends when the statement is to go on. */
    Hold announce(int pid, String sql, Optional<String> caller);
}
