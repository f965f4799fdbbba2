// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep;

import dev.chaostest.explore.Candidate;
import dev.chaostest.explore.Point;
import dev.chaostest.explore.Possible;
import dev.chaostest.explore.Recorded;
import dev.chaostest.postgres.wire.SqlTarget;
import dev.chaostest.postgres.wire.message.MessageType;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What is possible at one point, and what was left out. */
final class Options {

    private static final String NO_EFFECT = "connection lost after what has no effect: the same as before it";
    private static final String WITH_TRANSACTION =
            "connection lost after a statement inside a transaction, which goes with it";
    private static final String NEVER_FAILS =
            "errors of the server at BEGIN, ROLLBACK and savepoints, which don't fail so";
    private static final String NOT_AT_COMMIT = "40P01, 55P03 and 57014 at COMMIT, which waits for no lock";
    private static final String UNDONE = "errors of the server after an effect, which they undo";
    private static final String LEVEL = "40001 below REPEATABLE READ";
    private static final String WAITS_NOT = "40P01 and 55P03 at a plain read, which waits for no row";
    private static final String NOT_DEFERRED = "23503 and 23505 at COMMIT, where no constraint is deferrable";
    private static final String TRAVELS = "connection lost at BEGIN, which travels with the next statement";
    private static final String ONE_ROW = "connection lost amid a single row: the same as at its statement";

    private static final Pattern CONTROL =
            Pattern.compile("(ROLLBACK|SAVEPOINT|RELEASE SAVEPOINT|ROLLBACK TO SAVEPOINT)\\b.*", Pattern.DOTALL);
    private static final Pattern ENDING =
            Pattern.compile("COMMIT( AND CHAIN)?|PREPARE TRANSACTION\\b.*", Pattern.DOTALL);

    private final PostgresCatalogue.Facts facts;
    private final Point point;
    private final Recorded round;
    private final String name;
    private final List<Candidate> candidates = new ArrayList<>();
    private final List<String> pruned = new ArrayList<>();

    Options(PostgresCatalogue.Facts facts, Point point, Recorded round) {
        this.facts = facts;
        this.point = point;
        this.round = round;
        this.name = point.site().name();
    }

    Possible possible() {
        switch (point.site().seam()) {
            case "pool" -> candidates.add(Faults.noConnection());
            case "wire" -> message();
            default -> statement();
        }
        return new Possible(candidates, pruned);
    }

    private void message() {
        if (!SqlTarget.any().rows().matches(point.site())) {
            candidates.add(Faults.lostBefore(MessageType.moment(List.of(point.site()))));
        } else if (point.length() > 1) {
            candidates.add(Faults.lostAmid());
        } else {
            pruned.add(ONE_ROW);
        }
    }

    private void statement() {
        if (name.equals("connect")) {
            candidates.add(Faults.lostBefore());
            Faults.AT_CONNECT.forEach(state -> candidates.add(Faults.state(state)));
            return;
        }
        Courses courses = Courses.of(round, facts.isSerializing());
        Courses.Standing course = courses.at(point);
        if (name.equals("BEGIN")) {
            pruned.add(TRAVELS);
            pruned.add(NEVER_FAILS);
        } else if (ENDING.matcher(name).matches()) {
            commit(course);
        } else if (CONTROL.matcher(name).matches()) {
            candidates.add(Faults.lostBefore());
            pruned.add(NO_EFFECT);
            pruned.add(NEVER_FAILS);
        } else {
            work(course);
        }
        if (courses.isConcurrent()) {
            candidates.add(Faults.slow());
        }
    }

    private void commit(Courses.Standing course) {
        candidates.add(Faults.lostBefore());
        candidates.add(Faults.lostAfter());
        conflict(course);
        candidates.add(Faults.state(Faults.TERMINATED));
        candidates.add(Faults.noAnswer());
        candidates.add(Faults.noAnswerThoughDone());
        if (facts.hasDeferrable()) {
            Faults.DEFERRED.forEach(state -> candidates.add(Faults.state(state)));
        } else {
            pruned.add(NOT_DEFERRED);
            pruned.add(NOT_DEFERRED);
        }
        for (int i = 0; i < 3; i++) {
            pruned.add(NOT_AT_COMMIT);
        }
    }

    private void work(Courses.Standing course) {
        boolean isRead = Reading.isPlain(name);
        candidates.add(Faults.lostBefore());
        if (course.isInTransaction()) {
            pruned.add(WITH_TRANSACTION);
        } else if (isRead) {
            pruned.add(NO_EFFECT);
        } else {
            candidates.add(Faults.lostAfter());
        }
        int errors = candidates.size();
        conflict(course);
        if (isRead) {
            pruned.add(WAITS_NOT);
            pruned.add(WAITS_NOT);
        } else {
            candidates.add(Faults.state(Faults.DEADLOCK));
            candidates.add(Faults.state(Faults.LOCK_TIMEOUT));
        }
        candidates.add(Faults.state(Faults.CANCELLED));
        candidates.add(Faults.state(Faults.TERMINATED));
        for (; errors < candidates.size(); errors++) {
            pruned.add(UNDONE);
        }
        candidates.add(Faults.noAnswer());
        if (!isRead && !course.isInTransaction()) {
            candidates.add(Faults.noAnswerThoughDone());
        }
    }

    private void conflict(Courses.Standing course) {
        if (course.isSerializing()) {
            candidates.add(Faults.state(Faults.CONFLICT));
        } else {
            pruned.add(LEVEL);
        }
    }
}
