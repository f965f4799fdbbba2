// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.monitor;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Who waits for whom, one line a session, each indented below the one that waits for it. */
final class WaitChains {

    private static final int LINES_MAX = 200;

    private final ServerState state;
    private final Set<Integer> own;
    private final List<String> lines = new ArrayList<>();

    /** @param own the process ids of the sessions whose chains come first */
    WaitChains(ServerState state, Set<Integer> own) {
        this.state = state;
        this.own = own;
    }

    List<String> lines() {
        Set<Integer> told = new LinkedHashSet<>();
        List<Activity> blocked = state.sessions().stream()
                .filter(Activity::isBlocked)
                .sorted(Comparator.comparing(waiter -> !isOwn(waiter)))
                .toList();
        blocked.stream().filter(waiter -> !isWaitedFor(waiter)).forEach(waiter -> chain(waiter, told));
        blocked.stream().filter(waiter -> !told.contains(waiter.pid())).forEach(waiter -> chain(waiter, told));
        if (lines.isEmpty()) {
            lines.add("nobody waits for anybody");
        }
        if (lines.size() >= LINES_MAX) {
            lines.add("... and more than are shown");
        }
        return lines;
    }

    private boolean isOwn(Activity waiter) {
        return own.contains(waiter.pid()) || waiter.blockedBy().stream().anyMatch(own::contains);
    }

    private boolean isWaitedFor(Activity session) {
        return state.sessions().stream().anyMatch(other -> other.blockedBy().contains(session.pid()));
    }

    private void chain(Activity first, Set<Integer> told) {
        if (lines.size() >= LINES_MAX) {
            return;
        }
        lines.add(named(first.pid()));
        Set<Integer> above = new LinkedHashSet<>(Set.of(first.pid()));
        told.add(first.pid());
        follow(first, above, told);
    }

    private void follow(Activity waiter, Set<Integer> above, Set<Integer> told) {
        for (int pid : waiter.blockedBy()) {
            if (lines.size() >= LINES_MAX) {
                return;
            }
            String start = "  ".repeat(above.size()) + "waits" + reason(waiter) + " for ";
            if (above.contains(pid)) { // the server has not looked for a deadlock yet
                lines.add(start + "pid " + pid + " again: a deadlock");
                continue;
            }
            lines.add(start + (pid == Blocking.PREPARED ? prepared(waiter) : named(pid)));
            told.add(pid);
            above.add(pid);
            state.session(pid).ifPresent(next -> follow(next, above, told));
            above.remove(pid);
        }
    }

    private String reason(Activity waiter) {
        Optional<HeldLock> wanted = state.locksOf(waiter.pid()).stream()
                .filter(lock -> !lock.granted())
                .findFirst();
        return wanted.map(lock -> {
                    String since = lock.waitStart()
                            .map(start -> " " + Ages.between(start, state.takenAt()))
                            .orElse("");
                    return since + " (" + lock.mode() + " on " + lock.target() + ")";
                })
                .orElse("");
    }

    /** The server says that it is one, not which: where its number is waited for, that tells. */
    private String prepared(Activity waiter) {
        return state.locksOf(waiter.pid()).stream()
                .filter(lock -> !lock.granted())
                .flatMap(lock -> state.prepared().stream()
                        .filter(each -> lock.target().equals("transaction " + each.transactionId())))
                .findFirst()
                .map(each -> "the prepared transaction \"" + each.gid() + "\" of " + each.owner())
                .orElse("a prepared transaction (see pg_prepared_xacts)");
    }

    private String named(int pid) {
        return state.session(pid)
                .map(session -> "pid " + pid + " (" + Ages.doing(session, state.takenAt()) + ")")
                .orElse("pid " + pid + ", which has ended");
    }
}
