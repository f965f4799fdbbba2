// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The replies that the server owes, in order.
 *
 * <p>Source: PostgreSQL protocol, "Extended Query" (an error makes the server skip to the next Sync) and "COPY
 * Operations" (a Sync that arrives during copy-in is ignored).
 */
final class Replies {

    private static final int OWED_MAX = 1_000_000;

    private final Owed owed = new Owed();
    private boolean skipping;
    private boolean copyIn;

    /** How many of them have a call: none, nearly always, and then nobody need look through a long pipeline. */
    private int calls;

    /** A message was sent; answers whether the server will look at it. */
    boolean add(Expected expected) {
        if (expected.kind() == Expected.Kind.SYNC) {
            if (copyIn) {
                return false;
            }
            skipping = false;
        } else if (skipping) {
            return false;
        }
        owed.add(expected);
        calls += expected.call() == null ? 0 : 1;
        return true;
    }

    /** The one that a reply belongs to; those before it were not answered. Null if there is none. */
    @Nullable
    Expected of(byte reply) {
        Expected first = owed.peek();
        if (first == null || first.kind().accepts(reply)) {
            return first;
        }
        if (owed.stream().noneMatch(expected -> expected.kind().accepts(reply))) {
            return null;
        }
        while (first != null && !first.kind().accepts(reply)) {
            answered();
            first = owed.peek();
        }
        return first;
    }

    /** Whether the client waits for one of them. */
    boolean isAnyShown() {
        for (Expected expected : owed) {
            if (expected.shown() == Expected.Shown.ALL || expected.shown().isReadyShown()) {
                return true;
            }
        }
        return false;
    }

    /** Whether so many are owed, {@value #OWED_MAX}, that whoever counts them had better stop. */
    boolean areTooMany() {
        return owed.size() > OWED_MAX;
    }

    @Nullable
    Expected first() {
        return owed.peek();
    }

    /** Whether what comes next may be the answer to a question of ours. */
    boolean isNumberNext() {
        Expected first = owed.peek();
        return first != null && first.isNumbered();
    }

    /** Whether what comes next belongs to a question of ours and to nothing else. */
    boolean isQuestionNext() {
        for (Expected each : owed) {
            boolean prepares = each.kind() == Expected.Kind.PARSE || each.kind() == Expected.Kind.BIND;
            if (!prepares || each.shown() != Expected.Shown.NOTHING) {
                return each.shown() == Expected.Shown.NUMBER;
            }
        }
        return false;
    }

    void answered() {
        Expected first = owed.poll();
        calls -= first == null || first.call() == null ? 0 : 1;
    }

    /** The first one failed: takes it and those that the server now skips. */
    List<Expected> failed() {
        List<Expected> lost = new ArrayList<>();
        copyIn = false;
        for (Expected next = owed.peek(); next != null && next.kind() != Expected.Kind.SYNC; next = owed.peek()) {
            lost.add(next);
            answered();
        }
        skipping = owed.isEmpty();
        return lost;
    }

    /** The server waits for the client's data: it ignores the Syncs that it finds in between. */
    void copyInBegins() {
        copyIn = true;
        Expected first = owed.peek();
        if (first != null && first.kind() == Expected.Kind.EXECUTE) {
            owed.become(owed.stream()
                    .filter(expected -> expected.kind() != Expected.Kind.SYNC)
                    .toList());
        }
    }

    /** Whether the connection ends with one of them. */
    boolean hasCut() {
        if (calls == 0) {
            return false;
        }
        for (Expected expected : owed) {
            Call call = expected.call();
            if (call != null && call.isCutAfter()) {
                return true;
            }
        }
        return false;
    }

    /** Expects others before the latest replies, if the server will look at their messages. */
    boolean insert(List<Expected> others, int latest) {
        if (skipping || latest > owed.size()) {
            return false;
        }
        List<Expected> all = new ArrayList<>(owed);
        all.addAll(all.size() - latest, others);
        become(all);
        return true;
    }

    /** Puts a mark before the latest replies, if the server will look at their messages. */
    boolean mark(Expected place, int latest) {
        return insert(List.of(place), latest);
    }

    int size() {
        return owed.size();
    }

    boolean has(Expected place) {
        return owed.stream().anyMatch(each -> each.equals(place));
    }

    void remove(Expected place) {
        replace(place, List.of());
    }

    /** Expects others where the mark is. */
    void replace(Expected place, List<Expected> others) {
        List<Expected> all = new ArrayList<>();
        owed.forEach(each -> all.addAll(each.equals(place) ? others : List.of(each)));
        become(all);
    }

    /** As {@link #replace}; what follows the mark is skipped by the server, up to a Sync. */
    void replaceQuery(Expected place, List<Expected> others) {
        List<Expected> all = new ArrayList<>();
        boolean next = false;
        for (Expected each : owed) {
            if (each.equals(place)) {
                all.addAll(others);
            } else if (next) {
                Call call = each.call();
                if (call != null) {
                    call.skipped("nothing, the client cancelled");
                }
                all.add(Expected.SYNC);
            } else {
                all.add(each);
            }
            next = each.equals(place);
        }
        become(all);
    }

    /** What failed was to bring the session to its end: it goes on instead, and its client must know that it is ready. */
    void endDoesNotCome() {
        if (calls < 2) {
            return;
        }
        List<Expected> all = new ArrayList<>(owed);
        Expected next = all.get(0);
        if (next.shown() == Expected.Shown.NOTHING && all.get(1).isEnd()) {
            all.set(0, new Expected(next.kind(), Expected.Shown.ALL, null));
            all.remove(1);
            become(all);
        }
    }

    /** What is behind the first one has been answered by an error already: all that is to come of it is that the server is ready. */
    void nextIsAnswered() {
        List<Expected> all = new ArrayList<>(owed);
        if (all.size() > 1 && all.get(1).shown() == Expected.Shown.ALL) {
            Expected next = all.get(1);
            all.set(1, new Expected(next.kind(), Expected.Shown.ONLY_READY, next.call(), next.rows()));
            become(all);
        }
    }

    private void become(List<Expected> all) {
        owed.become(all);
        calls = (int) all.stream().filter(each -> each.call() != null).count();
    }

    void copyInEnds() {
        copyIn = false;
    }

    boolean isCopyIn() {
        return copyIn;
    }

    List<Expected> all() {
        return List.copyOf(owed);
    }
}
