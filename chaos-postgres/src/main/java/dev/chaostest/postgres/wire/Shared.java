// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import dev.chaostest.mount.Mount;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What the connections of one mount share.
 *
 * @param locked the lock to wait for, as it is now
 * @param observer who hears of each statement now
 * @param refused who hears now of what is refused in failed transactions
 * @param transactions who hears of the end of each transaction now
 * @param cancels to the server of this connection
 */
record Shared(
        Mount mount,
        Backends backends,
        Supplier<LockedKey> locked,
        Supplier<Optional<StatementObserver>> observer,
        Supplier<Optional<Consumer<Refused>>> refused,
        Supplier<Optional<TransactionObserver>> transactions,
        CancelSender cancels) {}
