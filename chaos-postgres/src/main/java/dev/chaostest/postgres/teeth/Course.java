// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.teeth;

import dev.chaostest.plan.Site;
import dev.chaostest.postgres.wire.Sabotage;
import dev.chaostest.postgres.wire.StatementObserver.Arriving;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The statements of a run in order, and what became of their transactions as the client wanted it. */
final class Course {

    private final int most;
    private final List<Step> steps = new ArrayList<>();
    private final Map<Site, Long> counts = new HashMap<>();
    private final Map<Integer, Transaction> open = new HashMap<>();

    Course(int most) {
        this.most = most;
    }

    /** A transaction; of one statement where the client has begun none. */
    private static final class Transaction {
        private boolean kept;
        private int writes;
    }

    /** One statement, and how many writes of its transaction it is behind. */
    static final class Step {
        private final Site site;
        private final long nth;
        private final Optional<String> caller;
        private final Transaction transaction;
        private final int writesBefore;

        private Step(Site site, long nth, Optional<String> caller, Transaction transaction) {
            this.site = site;
            this.nth = nth;
            this.caller = caller;
            this.transaction = transaction;
            this.writesBefore = transaction.writes;
        }

        Site site() {
            return site;
        }

        long nth() {
            return nth;
        }

        Optional<String> caller() {
            return caller;
        }

        boolean isWrite() {
            return Sabotage.writes(site);
        }

        boolean isLaterWrite() {
            return isWrite() && writesBefore > 0;
        }

        boolean endsWrites() {
            return site.name().equals("ROLLBACK") && writesBefore > 0;
        }

        /** Whether its transaction was committed. */
        boolean isKept() {
            return transaction.kept;
        }
    }

    synchronized void add(Arriving statement) {
        Site site = statement.site();
        long nth = counts.merge(site, 1L, Long::sum);
        if (steps.size() >= most) {
            return;
        }
        Transaction transaction = transaction(statement.pid(), site.name());
        steps.add(new Step(site, nth, statement.caller(), transaction));
        if (Sabotage.writes(site)) {
            transaction.writes++;
        }
    }

    private Transaction transaction(int pid, String name) {
        if (name.equals("BEGIN")) {
            return open.computeIfAbsent(pid, begun -> new Transaction());
        }
        Transaction current = open.get(pid);
        if (current == null) {
            Transaction alone = new Transaction();
            alone.kept = true;
            return alone;
        }
        if (name.startsWith("COMMIT") || name.startsWith("PREPARE TRANSACTION")) {
            current.kept = true;
            end(pid, name);
        } else if (name.equals("ROLLBACK") || name.equals("ROLLBACK AND CHAIN")) {
            end(pid, name);
        }
        return current;
    }

    private void end(int pid, String name) {
        open.remove(pid);
        if (name.endsWith(" AND CHAIN")) {
            open.put(pid, new Transaction());
        }
    }

    synchronized List<Step> steps() {
        return List.copyOf(steps);
    }
}
