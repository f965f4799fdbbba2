// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.cluster;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Says where what clients were told and what is in the database differ.
 *
 * <pre>{@code
 * WriteAudit audit = writes.audit(connection);
 * assertThat(audit.lost()).hasSize(100);
 * audit.requireNoGhosts();
 * }</pre>
 *
 * <p>Immutable.
 *
 * @param attempted how many transactions were begun
 * @param acknowledged of how many the client was told that they are committed
 * @param failed how many failed for their client, by the SQLSTATE that it got
 * @param doubtful of how many it was told nothing, or something that leaves it in doubt: 08006 at a commit
 * @param lost acknowledged, and not there: the numbers of their marker rows
 * @param ghosts failed for the client, and there: the same, with the SQLSTATE that the client got
 * @since 0.1
 */
public record WriteAudit(
        long attempted,
        long acknowledged,
        SortedMap<String, Long> failed,
        long doubtful,
        SortedSet<Long> lost,
        SortedMap<Long, String> ghosts) {
    private static final int SHOWN = 20;

    public WriteAudit {
        failed = Collections.unmodifiableSortedMap(new TreeMap<>(failed));
        lost = Collections.unmodifiableSortedSet(new TreeSet<>(lost));
        ghosts = Collections.unmodifiableSortedMap(new TreeMap<>(ghosts));
    }

    /**
     * Checks that everything that was acknowledged is there.
     *
     * @return this
     * @throws AssertionError if something is missing, with the numbers of the marker rows; or if nothing was acknowledged at
     *     all: then nothing was checked
     */
    public WriteAudit requireNothingLost() {
        if (acknowledged == 0) {
            throw new AssertionError("At least one write must be acknowledged for a check that none is lost, but of "
                    + attempted + " none was. Let the workload begin before the fault.");
        }
        if (!lost.isEmpty()) {
            throw new AssertionError("No acknowledged write must be lost, but " + lost.size() + " of " + acknowledged
                    + " are. Replicate synchronously, or don't acknowledge what may be lost.\n  lost : "
                    + shown(lost.stream().map(String::valueOf), lost.size()));
        }
        return this;
    }

    /**
     * Checks that nothing that failed for its client is there.
     *
     * @return this
     * @throws AssertionError if something is, with the numbers of the marker rows and what the client got
     */
    public WriteAudit requireNoGhosts() {
        if (!ghosts.isEmpty()) {
            throw new AssertionError("No write that failed for its client must be committed, but " + ghosts.size()
                    + " of " + (attempted - acknowledged) + " are. Make it idempotent, and ask for its marker before"
                    + " it is tried again.\n  ghosts : "
                    + shown(ghosts.entrySet().stream().map(WriteAudit::line), ghosts.size()));
        }
        return this;
    }

    private static String line(Map.Entry<Long, String> ghost) {
        return ghost.getKey() + " (" + ghost.getValue() + ")";
    }

    private static String shown(Stream<String> texts, int size) {
        return texts.limit(SHOWN).collect(Collectors.joining(", "))
                + (size > SHOWN ? " and " + (size - SHOWN) + " more" : "");
    }
}
