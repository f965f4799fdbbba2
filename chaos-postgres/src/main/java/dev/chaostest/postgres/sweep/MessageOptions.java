// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep;

import dev.chaostest.explore.Candidate;
import dev.chaostest.explore.Point;
import dev.chaostest.explore.Possible;
import dev.chaostest.explore.Recorded;
import dev.chaostest.plan.Hit;
import dev.chaostest.plan.Lane;
import dev.chaostest.plan.Moment;
import dev.chaostest.plan.Site;
import dev.chaostest.postgres.wire.SqlTarget;
import dev.chaostest.postgres.wire.message.MessageType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is possible at a message of the protocol. Between two messages of a connection nothing passes: to lose it after one is to
 * lose it before the next, so that only the last one has an "after" of its own.
 */
final class MessageOptions {

    private static final String ONE_ROW = "connection lost amid a single row: the same as at its statement";
    private static final String ONE_ROW_CANCELLED = "57014 amid a single row: the same as at its statement";
    private static final String WROTE =
            "57014 amid the rows of what has written by itself, which can't be cancelled then";
    private static final String NEXT = "connection lost after a message: the same as before the next one";
    private static final String NO_REPLY = "connection lost after CancelRequest, which has no answer";
    private static final String DONE = "connection lost after Terminate, which ends it";

    private static final Site CANCEL_REQUEST = new Site("wire", "CancelRequest");
    private static final Site TERMINATE = new Site("wire", "Terminate");
    private static final Site READY = new Site("wire", "ReadyForQuery");
    private static final String ROW_OF = "DataRow of ";

    private final Point point;
    private final Recorded round;
    private final List<Candidate> candidates = new ArrayList<>();
    private final List<String> pruned = new ArrayList<>();

    private MessageOptions(Point point, Recorded round) {
        this.point = point;
        this.round = round;
    }

    /** @param all whether all messages are points, and not only rows */
    static Possible of(Point point, Recorded round, boolean all, Courses.Standing standing) {
        MessageOptions options = new MessageOptions(point, round);
        if (SqlTarget.any().rows().matches(point.site())) {
            options.rows(all, standing);
        } else {
            options.message();
        }
        return new Possible(options.candidates, options.pruned);
    }

    private void rows(boolean all, Courses.Standing standing) {
        boolean areMany = point.length() > 1 || isOfALaterFetch();
        if (areMany) {
            candidates.add(Faults.lostAmid());
        } else {
            pruned.add(ONE_ROW);
        }
        if (!all) {
            return;
        }
        String statement = point.site().name().substring(ROW_OF.length());
        if (!standing.isInTransaction() && !Reading.isPlain(statement)) {
            pruned.add(WROTE);
        } else if (areMany) {
            candidates.add(Faults.cancelledAmid());
        } else {
            pruned.add(ONE_ROW_CANCELLED);
        }
        if (areMany) {
            candidates.add(Faults.noAnswerAmid());
        }
        pruned.add(NEXT);
    }

    private void message() {
        Moment passing = MessageType.moment(List.of(point.site()));
        candidates.add(Faults.lostBefore(passing));
        if (point.site().equals(CANCEL_REQUEST)) {
            pruned.add(NO_REPLY);
        } else if (point.site().equals(TERMINATE)) {
            pruned.add(DONE);
        } else if (isLast()) {
            candidates.add(Faults.lostAfter(passing));
        } else {
            pruned.add(NEXT);
        }
    }

    /** Others of the same result have come before, so that the client may have used them. */
    private boolean isOfALaterFetch() {
        return round.once(LaterRows.class, LaterRows.class, () -> LaterRows.of(round))
                .hits()
                .contains(point.hit());
    }

    /** A thread may have several connections: there it is not known which message is the last of which. */
    private boolean isLast() {
        return round.once(LastMessages.class, LastMessages.class, () -> LastMessages.of(round))
                        .hits()
                        .contains(point.hit())
                || (point.isLaned() && point.site().equals(READY));
    }

    /** The rows that are not the first of their result. */
    private record LaterRows(Set<Hit> hits) {

        static LaterRows of(Recorded round) {
            Map<Lane, Set<Site>> seen = new HashMap<>();
            Set<Hit> later = new HashSet<>();
            for (Point each : round.arrivals()) {
                if (!each.site().seam().equals(READY.seam())) {
                    seen.remove(each.lane()); // another statement, another result
                } else if (SqlTarget.any().rows().matches(each.site())
                        && !seen.computeIfAbsent(each.lane(), any -> new HashSet<>())
                                .add(each.site())) {
                    later.add(each.hit());
                }
            }
            return new LaterRows(Set.copyOf(later));
        }
    }

    /** The last messages of all connections of a round. */
    private record LastMessages(Set<Hit> hits) {

        static LastMessages of(Recorded round) {
            Map<Lane, Hit> last = new HashMap<>();
            round.arrivals().stream()
                    .filter(each -> each.site().seam().equals(READY.seam()))
                    .filter(each -> !each.site().equals(CANCEL_REQUEST)) // goes over a connection of its own
                    .forEach(each -> last.put(each.lane(), each.hit()));
            return new LastMessages(Set.copyOf(last.values()));
        }
    }
}
