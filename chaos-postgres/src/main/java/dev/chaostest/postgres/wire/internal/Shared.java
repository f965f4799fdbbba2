// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import dev.chaostest.mount.Mount;
import dev.chaostest.postgres.wire.Refused;
import dev.chaostest.postgres.wire.TransactionObserver;
import dev.chaostest.postgres.wire.protocol.internal.CancelSender;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What the connections of one mount share.
 *
 * @param locked the lock to wait for, as it is now
 * @param announcer tells whoever hears of each statement now
 * @param refused who hears now of what is refused in failed transactions
 * @param transactions who hears of the end of each transaction now
 * @param cancels to the server of this connection
 * @param hopeless what becomes of those who wait without end
 */
public record Shared(
        Mount mount,
        Backends backends,
        Supplier<LockedKey> locked,
        Supplier<Optional<Announcer>> announcer,
        Supplier<Optional<Consumer<Refused>>> refused,
        Supplier<Optional<TransactionObserver>> transactions,
        CancelSender cancels,
        Hopeless hopeless) {}
