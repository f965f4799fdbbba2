// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep;

import dev.chaostest.explore.Candidate;
import dev.chaostest.explore.Point;
import dev.chaostest.explore.Possible;
import dev.chaostest.explore.Recorded;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What is possible at one point, and what was left out. */
final class Options {

    private static final String NO_EFFECT = "connection lost after what has no effect: the same as before it";
    private static final String WITH_TRANSACTION =
            "connection lost after a statement inside a transaction, which goes with it";
    private static final String NEVER_FAILS =
            "error of the server at BEGIN, ROLLBACK or a savepoint, which don't fail so";
    private static final String NOT_AT_COMMIT = "40P01, 55P03 or 57014 at COMMIT, which waits for no lock";
    private static final String UNDONE = "error of the server after an effect, which it undoes";
    private static final String LEVEL = "40001 below REPEATABLE READ";
    private static final String WAITS_NOT = "40P01 or 55P03 at a plain read, which waits for no row";
    private static final String NOT_DEFERRED = "23503 or 23505 at COMMIT, where no constraint is deferrable";
    private static final String TRAVELS = "connection lost at BEGIN, which travels with the next statement";

    private static final Pattern CONTROL =
            Pattern.compile("(ROLLBACK|SAVEPOINT|RELEASE SAVEPOINT|ROLLBACK TO SAVEPOINT)\\b.*", Pattern.DOTALL);
    private static final Pattern ENDING =
            Pattern.compile("COMMIT( AND CHAIN)?|PREPARE TRANSACTION\\b.*", Pattern.DOTALL);

    private final PostgresCatalogue.Facts facts;
    private final boolean messages;
    private final Point point;
    private final Recorded round;
    private final String name;
    private final List<Candidate> candidates = new ArrayList<>();
    private final List<String> pruned = new ArrayList<>();

    Options(PostgresCatalogue catalogue, Point point, Recorded round) {
        this.facts = catalogue.facts();
        this.messages = catalogue.messages();
        this.point = point;
        this.round = round;
        this.name = point.site().name();
    }

    Possible possible() {
        switch (point.site().seam()) {
            case "pool" -> candidates.add(Faults.noConnection());
            case "wire" -> {
                return MessageOptions.of(
                        point,
                        round,
                        messages,
                        Courses.of(round, facts.isSerializing()).at(point));
            }
            default -> statement();
        }
        return new Possible(candidates, pruned);
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
