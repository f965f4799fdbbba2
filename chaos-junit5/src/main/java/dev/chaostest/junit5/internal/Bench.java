// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.explore.Ended;
import dev.chaostest.explore.Judgement;
import dev.chaostest.explore.RoundOracle;
import dev.chaostest.explore.Turn;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The oracles of one round of a sweep, and what they say. For one thread at a time. */
final class Bench {

    private static final Logger LOG = LoggerFactory.getLogger(Bench.class);

    private final List<RoundOracle> oracles = new ArrayList<>();
    private final Deque<AutoCloseable> lent = new ArrayDeque<>();
    private final List<String> lines = new ArrayList<>();
    private final List<String> counted = new ArrayList<>();
    private String firstWrong = "";
    private boolean begun;
    private boolean judged;

    void add(RoundOracle oracle) {
        oracles.add(oracle);
    }

    /** Has it closed before anything is judged; the last first. */
    void closeFirst(AutoCloseable lentToTheTest) {
        lent.push(lentToTheTest);
    }

    void begins(Turn turn) {
        begun = true;
        oracles.forEach(oracle -> oracle.begins(turn));
    }

    /** Asks each once; answers whether something is wrong. */
    boolean isWrong(Ended round) {
        judged = true;
        closeLent();
        boolean wrong = false;
        for (RoundOracle oracle : oracles) {
            Judgement judgement = oracle.judge(round);
            lines.addAll(judgement.told());
            lines.addAll(judgement.wrong());
            counted.addAll(judgement.counted());
            wrong |= !judgement.wrong().isEmpty();
            firstWrong = Stream.concat(Stream.of(firstWrong), judgement.wrong().stream())
                    .filter(line -> !line.isEmpty())
                    .findFirst()
                    .orElse("");
        }
        return wrong;
    }

    /** The test has failed already: what they have to say is told besides. */
    void hear(Ended round) {
        if (!begun || judged) {
            return;
        }
        try {
            isWrong(round);
        } catch (RuntimeException | Error e) { // what is told already is what a person must see
            lines.add("not asked: " + e);
        }
    }

    private void closeLent() {
        while (!lent.isEmpty()) {
            try {
                lent.pop().close();
            } catch (Exception e) { // its connection may be lost
                LOG.debug("What was lent to a test could not be closed", e);
            }
        }
    }

    /** What its oracles can't look at. */
    List<String> limits() {
        return oracles.stream().flatMap(oracle -> oracle.limits().stream()).toList();
    }

    /** The first thing that is wrong, as part of a sentence; empty if nothing is. */
    String firstWrong() {
        return firstWrong.isEmpty() ? "" : "; " + firstWrong.replaceFirst(" *: *", ": ");
    }

    void tell(String line) {
        lines.add(line);
    }

    /** For the report. */
    List<String> lines() {
        return lines;
    }

    /** For the verdict. */
    List<String> counted() {
        return counted;
    }
}
