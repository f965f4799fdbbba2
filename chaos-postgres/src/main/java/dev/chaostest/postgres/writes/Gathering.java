// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.writes;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Puts decoded lines together to transactions: those that committed behind a place, of one schema or of all. */
final class Gathering implements Slot.Lines {

    private static final int CHANGES_MAX = 10_000;
    private static final long CHARACTERS_MAX = 16_000_000;
    private static final Pattern COMMITTED_AT = Pattern.compile("COMMIT \\d+ \\(at (.*)\\)");
    private final @Nullable String schema;
    private final Lsn from;
    private final List<Logged> transactions = new ArrayList<>();
    private List<LoggedChange> current = new ArrayList<>();
    private long currentCharacters;
    private long dropped;
    private int changes;
    private long characters;

    Gathering(@Nullable String schema, Lsn from) {
        this.schema = schema;
        this.from = from;
    }

    /** One transaction, whose keys are not known yet. */
    private record Logged(long xid, Instant at, List<LoggedChange> changes, long dropped) {}

    @Override
    public void line(long xid, Lsn at, String text, boolean isCutOff) {
        if (text.startsWith("BEGIN ")) {
            current = new ArrayList<>();
            currentCharacters = 0;
            dropped = 0;
        } else if (text.startsWith("COMMIT ")) {
            commit(xid, at, text);
        } else if (isCutOff || isFull(text)) {
            dropped++;
        } else {
            add(text);
        }
    }

    private boolean isFull(String text) {
        return changes + current.size() >= CHANGES_MAX
                || characters + currentCharacters + text.length() > CHARACTERS_MAX;
    }

    private void add(String text) {
        LoggedChange change = ChangeText.read(text);
        if (schema != null) {
            List<TableName> ours = change.tables().stream()
                    .filter(each -> each.schema().equals(schema))
                    .toList();
            if (ours.isEmpty()) {
                return;
            }
            change = change.of(ours);
        }
        current.add(change);
        currentCharacters += text.length();
    }

    private void commit(long xid, Lsn at, String text) {
        boolean isWanted = at.compareTo(from) > 0 && (!current.isEmpty() || dropped > 0);
        if (isWanted) {
            transactions.add(new Logged(xid, time(text), current, dropped));
            changes += current.size();
            characters += currentCharacters;
        }
        current = new ArrayList<>();
        currentCharacters = 0;
        dropped = 0;
    }

    /** The server's ISO format, with an offset of hours alone. */
    private static Instant time(String commit) {
        Matcher matcher = COMMITTED_AT.matcher(commit);
        return matcher.matches()
                ? OffsetDateTime.parse(matcher.group(1).replace(' ', 'T') + ":00")
                        .toInstant()
                : Instant.EPOCH;
    }

    /** The tables whose keys are wanted. */
    List<TableName> tables() {
        return transactions.stream()
                .flatMap(each -> each.changes().stream())
                .flatMap(change -> change.tables().stream())
                .distinct()
                .toList();
    }

    List<WrittenTransaction> resolve(LoggedChange.Identities identities) {
        return transactions.stream()
                .map(each -> new WrittenTransaction(
                        each.xid(),
                        each.at(),
                        each.changes().stream()
                                .flatMap(change -> change.resolve(identities).stream())
                                .toList(),
                        each.dropped()))
                .toList();
    }
}
