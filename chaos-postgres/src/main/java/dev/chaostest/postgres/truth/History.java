// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.truth;

import dev.chaostest.postgres.wire.TransactionEnd;
import dev.chaostest.postgres.wire.TransactionEnd.Answer;
import dev.chaostest.postgres.wire.TransactionEnd.How;
import dev.chaostest.postgres.wire.TransactionEnd.Identity;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The transactions that have ended, in order: {@value #KEPT_MAX} at most. Those without a doubt are forgotten first: a lost commit
 * must not go unseen because many others went well behind it. Safe for use by many threads.
 */
final class History {

    private static final int KEPT_MAX = 1_000;

    private final Deque<Ended> ended = new ArrayDeque<>();

    /** One of them, and what was found out about it. */
    static final class Ended {
        private final TransactionEnd end;
        private volatile @Nullable Judgement judgement;

        private Ended(TransactionEnd end) {
            this.end = end;
        }

        TransactionEnd end() {
            return end;
        }

        @Nullable
        Judgement judgement() {
            return judgement;
        }

        void judged(Judgement as) {
            judgement = as;
        }

        /** Whether what became of it is a question at all. */
        private boolean isDoubtful() {
            return switch (end.answer()) {
                case DONE -> false;
                case NONE, ROLLBACK -> true;
                case ERROR -> end.how() != How.ALONE;
            };
        }

        private boolean isCommitted() {
            Judgement found = judgement;
            return end.answer() == Answer.DONE || (found != null && found.fate() == Fate.COMMITTED);
        }

        private Optional<String> number() {
            return Optional.ofNullable(judgement)
                    .flatMap(Judgement::number)
                    .or(() -> end.identity().flatMap(Identity::id));
        }
    }

    synchronized void add(TransactionEnd end) {
        if (ended.size() == KEPT_MAX) {
            forgetOne();
        }
        ended.addLast(new Ended(end));
    }

    private void forgetOne() {
        Iterator<Ended> oldestFirst = ended.iterator();
        while (oldestFirst.hasNext()) {
            if (!oldestFirst.next().isDoubtful()) {
                oldestFirst.remove();
                return;
            }
        }
        ended.removeFirst();
    }

    synchronized void clear() {
        ended.clear();
    }

    synchronized List<Ended> doubtful() {
        return ended.stream().filter(Ended::isDoubtful).toList();
    }

    /** What is known of the one that was prepared last under this name. */
    synchronized Optional<Identity> prepared(String name) {
        return ended.stream()
                .map(Ended::end)
                .filter(end -> end.how() == How.PREPARE && end.name().equals(name))
                .reduce((first, second) -> second)
                .flatMap(TransactionEnd::identity);
    }

    /** The numbers of later ones of the same round that ran the same statements and committed. */
    synchronized List<Long> again(Ended first) {
        List<Long> numbers = new ArrayList<>();
        boolean later = false;
        for (Ended each : ended) {
            if (later && isSameWork(first.end, each.end) && each.isCommitted()) {
                each.number().map(Long::valueOf).ifPresent(numbers::add);
            }
            later |= each.equals(first);
        }
        return numbers;
    }

    private static boolean isSameWork(TransactionEnd first, TransactionEnd other) {
        return !first.work().isEmpty()
                && other.work().equals(first.work())
                && other.round().equals(first.round());
    }
}
