// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.explore;

import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Hit;
import dev.chaostest.plan.Lane;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.When;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A made-up technology: its sites are letters, of which {@code q} tells about others, {@code r} comes in streams. */
record Letters(List<String> pruned) implements Catalogue {

    private static final Candidate LOST = new Candidate("lost", "lost before", new Cut(When.BEFORE), true);
    private static final Candidate UNHEARD = new Candidate("unheard", "lost after", new Cut(When.AFTER), false);

    Letters() {
        this(List.of());
    }

    @Override
    public Role role(Site site) {
        if (!site.seam().equals("letter")) {
            return Role.NONE;
        }
        return switch (site.name()) {
            case "q" -> Role.CONTEXT;
            case "r" -> Role.STREAM;
            default -> Role.POINT;
        };
    }

    @Override
    public String naming(Site site) {
        return site.name().toUpperCase(Locale.ROOT);
    }

    @Override
    public Set<String> names() {
        return Set.of("lost", "unheard");
    }

    @Override
    public Possible at(Point point, Recorded round) {
        return new Possible(List.of(LOST, UNHEARD), pruned);
    }

    @Override
    public boolean isInjected(Throwable thrown, LedgerEntry.Fired fired, Optional<String> answer) {
        return false;
    }

    static Site site(String letter) {
        return new Site("letter", letter);
    }

    /** A round in which these arrived, one after the other on one lane. */
    static Recorded round(String... letters) {
        List<Point> points = IntStream.range(0, letters.length)
                .mapToObj(i -> {
                    long nth = Stream.of(letters)
                            .limit(i + 1)
                            .filter(letters[i]::equals)
                            .count();
                    Hit hit = new Hit(site(letters[i]), new Lane("line-1"), nth);
                    return new Point(hit, nth, 1, false, letters[i], "Writer.write:" + (i + 1), List.of());
                })
                .toList();
        return new Recorded(points, points, 0);
    }
}
