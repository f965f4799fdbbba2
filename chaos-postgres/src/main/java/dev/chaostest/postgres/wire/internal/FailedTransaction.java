// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import dev.chaostest.mount.Callers;
import dev.chaostest.postgres.wire.Refused;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is sent on one connection while its transaction has failed. The sender is known when the statement goes out, and that it
 * was refused when the answer comes. What a pool sends by itself, such as when it sets a connection back, is not its user's.
 *
 * <p>Source: PostgreSQL protocol, ReadyForQuery (status E).
 */
final class FailedTransaction {

    private static final byte FAILED = 'E';
    private static final String IN_FAILED_TRANSACTION = "25P02";
    private static final String POOL = "com.zaxxer.hikari.pool.PoolBase";

    private final Supplier<Optional<Consumer<Refused>>> told;
    private volatile boolean failed;
    private volatile @Nullable Refused latest;

    FailedTransaction(Supplier<Optional<Consumer<Refused>>> told) {
        this.told = told;
    }

    /** The server is ready again, in this status. */
    void ready(byte status) {
        boolean now = status == FAILED;
        if (failed != now) { // others look at these, so writing them is dear
            failed = now;
        }
        if (latest != null) {
            latest = null;
        }
    }

    /** A statement goes out; the first one that does is the one that is refused, the server skips the others. */
    void sends(int pid, Supplier<String> statement) {
        if (failed && latest == null && told.get().isPresent() && !isPool()) {
            latest = new Refused(pid, statement.get(), Optional.ofNullable(Callers.nearest(Session.MACHINERY)));
        }
    }

    private static boolean isPool() {
        return StackWalker.getInstance()
                .walk((Stream<StackWalker.StackFrame> frames) ->
                        frames.anyMatch(frame -> frame.getClassName().equals(POOL)));
    }

    /** The server answered with an error. */
    void answered(String state) {
        Refused refused = latest;
        latest = null;
        if (refused != null && state.equals(IN_FAILED_TRANSACTION)) {
            told.get().ifPresent(each -> each.accept(refused));
        }
    }
}
