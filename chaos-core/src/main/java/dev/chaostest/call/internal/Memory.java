// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call.internal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The answers to some questions over time. Bounded: of many questions, and many answers, the oldest are forgotten. */
final class Memory {

    private static final int QUESTIONS_MAX = 1_000;
    private static final int ANSWERS_MAX = 1_000;

    private final long lag;
    private final ReentrantLock lock = new ReentrantLock();

    @SuppressWarnings("serial") // is in no object stream
    private final Map<Object, Deque<Answer>> answers = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Object, Deque<Answer>> eldest) {
            return size() > QUESTIONS_MAX;
        }
    };

    Memory(long lag) {
        this.lag = lag;
    }

    /** Remembers what is current now, and says what was then; if nothing that old is known, the oldest. */
    @Nullable
    Object recall(Object question, long now, @Nullable Object current) {
        lock.lock();
        try {
            Deque<Answer> known = answers.computeIfAbsent(question, key -> new ArrayDeque<>());
            known.addLast(new Answer(now, current));
            Answer then = known.removeFirst();
            while (!known.isEmpty() && known.getFirst().at <= now - lag) {
                then = known.removeFirst(); // what it displaced will not be asked for again
            }
            if (known.size() < ANSWERS_MAX) {
                known.addFirst(then);
            }
            return then.value;
        } finally {
            lock.unlock();
        }
    }

    private record Answer(long at, @Nullable Object value) {}
}
