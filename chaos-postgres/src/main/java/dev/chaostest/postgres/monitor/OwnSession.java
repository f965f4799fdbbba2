// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.monitor;

import dev.chaostest.postgres.wire.WireSession;
import java.time.Instant;
import java.util.List;

/**
 * A session that a wire seam has seen, as the server sees it now.
 *
 * @param wire what the seam knows of it
 * @param activity what it does
 * @param isInTransaction whether a transaction is open there
 * @param locks what it holds
 * @param now when, by the server's clock
 */
record OwnSession(WireSession wire, Activity activity, boolean isInTransaction, List<HeldLock> locks, Instant now) {

    private static final int LOCKS_SHOWN = 4;

    OwnSession with(List<HeldLock> held) {
        return new OwnSession(wire, activity, isInTransaction, held, now);
    }

    List<HeldLock> advisoryLocks() {
        return locks.stream()
                .filter(lock -> lock.granted() && lock.type().equals("advisory"))
                .toList();
    }

    /** {@code pid 12, connection opened by Service.pay:12}. */
    String name() {
        return "pid " + wire.pid()
                + wire.openedBy().map(by -> ", connection opened by " + by).orElse("");
    }

    Residue transaction() {
        List<String> held = locks.stream()
                .filter(lock -> lock.granted()
                        && (lock.type().equals("relation") || lock.type().equals("advisory")))
                .map(lock -> lock.mode() + " on " + lock.target())
                .toList();
        String shown = String.join(", ", held.stream().limit(LOCKS_SHOWN).toList());
        String more = held.size() > LOCKS_SHOWN ? " and " + (held.size() - LOCKS_SHOWN) + " more" : "";
        return residue(
                Residue.Kind.TRANSACTION,
                Residue.Kind.TRANSACTION.noun() + " (" + name() + ")" + since()
                        + (held.isEmpty() ? "" : ", which holds " + shown + more) + after());
    }

    Residue advisory(HeldLock lock) {
        return residue(
                Residue.Kind.ADVISORY_LOCK,
                "the " + lock.target().replaceFirst("^advisory", "advisory lock") + " (" + name() + ")" + after());
    }

    Residue backend() {
        return residue(
                Residue.Kind.BACKEND,
                Residue.Kind.BACKEND.noun() + " (" + name() + ") that runs on" + since() + after());
    }

    Residue connection() {
        return residue(
                Residue.Kind.CONNECTION,
                "a connection"
                        + wire.openedBy().map(by -> " that was opened by " + by).orElse("") + " (pid " + wire.pid()
                        + ")" + after());
    }

    Residue temporary(String relation) {
        return residue(Residue.Kind.TEMPORARY_OBJECT, "the temporary " + relation + " (" + name() + ")" + after());
    }

    private Residue residue(Residue.Kind kind, String what) {
        return new Residue(kind, wire.pid(), what);
    }

    private String since() {
        return activity.transactionStart()
                .map(start -> ", begun " + Ages.between(start, now) + " ago")
                .orElse("");
    }

    private String after() {
        if (activity.isHidden()) {
            return "; its statement is hidden from this role";
        }
        String query = Ages.oneLine(activity.query());
        if (query.isEmpty()) {
            return "";
        }
        boolean runs = activity.state().filter("active"::equals).isPresent();
        return (runs ? "; it runs: " : "; its last statement: ") + query;
    }
}
