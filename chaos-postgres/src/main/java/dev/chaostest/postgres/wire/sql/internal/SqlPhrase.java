// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.sql.internal;

import dev.chaostest.plan.ChaosException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A verb, a table or both, as a user names them.
 *
 * @param verb in capitals, or null for any
 * @param table which, or null for any
 */
public record SqlPhrase(@Nullable String verb, SqlShape.@Nullable Table table) {

    private static final Set<String> VERBS = new TreeSet<>(Set.of(
            "SELECT",
            "INSERT",
            "UPDATE",
            "DELETE",
            "MERGE",
            "TRUNCATE",
            "COPY",
            "LOCK",
            "CALL",
            "DO",
            "BEGIN",
            "COMMIT",
            "ROLLBACK",
            "SAVEPOINT",
            "RELEASE",
            "SET",
            "SHOW",
            "RESET",
            "CREATE",
            "ALTER",
            "DROP",
            "ANALYZE",
            "VACUUM",
            "EXPLAIN",
            "PREPARE",
            "EXECUTE",
            "DEALLOCATE",
            "DECLARE",
            "FETCH",
            "MOVE",
            "CLOSE",
            "LISTEN",
            "NOTIFY",
            "UNLISTEN",
            "DISCARD",
            "REFRESH",
            "REINDEX",
            "CLUSTER",
            "GRANT",
            "REVOKE",
            "COMMENT",
            "VALUES"));

    private static final Set<String> COMPOUND = Set.of(
            "COMMIT PREPARED",
            "ROLLBACK PREPARED",
            "PREPARE TRANSACTION",
            "COMMIT AND CHAIN",
            "ROLLBACK AND CHAIN",
            "ROLLBACK TO",
            "ROLLBACK TO SAVEPOINT",
            "RELEASE SAVEPOINT");

    private static final Set<String> BETWEEN = Set.of("INTO", "FROM", "ONLY", "TABLE", "ON", "VIEW", "INDEX");

    public static SqlPhrase parse(String text) {
        if (text.isBlank()) {
            throw new ChaosException("on must be a verb, a table or both, but was empty. "
                    + "Write for example \"UPDATE account\" or \"COMMIT\"; for every statement use SqlTarget.any().");
        }
        List<SqlToken> tokens = SqlLexer.tokens(text);
        String control = SqlControl.name(tokens);
        if (control != null && SqlShape.isPlainControl(control)) {
            return new SqlPhrase(control, null);
        }
        String words = String.join(" ", tokens.stream().map(SqlToken::upper).toList());
        if (COMPOUND.contains(words)) {
            return new SqlPhrase(words.equals("ROLLBACK TO SAVEPOINT") ? "ROLLBACK TO" : shortened(words), null);
        }
        return phrase(text, tokens);
    }

    private static String shortened(String words) {
        return words.equals("RELEASE SAVEPOINT") ? "RELEASE" : words;
    }

    private static SqlPhrase phrase(String text, List<SqlToken> tokens) {
        String first = tokens.isEmpty() ? "" : tokens.get(0).upper();
        boolean qualified = tokens.size() > 1 && tokens.get(1).isSymbol(".");
        boolean hasVerb = VERBS.contains(first) && !qualified;
        List<SqlToken> rest = new ArrayList<>(hasVerb ? tokens.subList(1, tokens.size()) : tokens);
        while (hasVerb && !rest.isEmpty() && BETWEEN.contains(rest.get(0).upper())) {
            rest.remove(0);
        }
        if (rest.isEmpty() && hasVerb) {
            return new SqlPhrase(first, null);
        }
        SqlShape.Table table = SqlShape.table(rest);
        if (table == null) {
            throw unreadable(text, hasVerb, first);
        }
        return new SqlPhrase(hasVerb ? first : null, table);
    }

    private static ChaosException unreadable(String text, boolean hasVerb, String first) {
        String found = hasVerb
                ? "has more behind " + first + " than a table"
                : "begins with \"" + first + "\", which is none of the verbs " + String.join(", ", VERBS);
        return new ChaosException("on must be a verb, a table or both, but \"" + text + "\" " + found
                + ". Write for example \"UPDATE account\", or use SqlTarget.matching for more.");
    }

    /** A phrase that is in this site: the verb and the table if it says so, a change before what it reads; else the verb. */
    public static Optional<String> naming(String site) {
        SqlShape shape = SqlShape.of(site);
        Stream<String> tables = shape.uses().stream()
                .filter(use -> use.verb() != null)
                .sorted(Comparator.comparing((SqlShape.Use use) -> "SELECT".equals(use.verb()))
                        .thenComparing(SqlShape.Use::toString))
                .map(use -> use.verb() + " " + written(use.table()));
        return Stream.concat(tables, shape.verbs().stream().sorted())
                .filter(text -> isReadable(text) && parse(text).isIn(site))
                .findFirst();
    }

    private static boolean isReadable(String text) {
        try {
            parse(text);
            return true;
        } catch (ChaosException unreadable) {
            return false;
        }
    }

    private static String written(SqlShape.Table table) {
        return table.schema() == null ? quoted(table.name()) : quoted(table.schema()) + "." + quoted(table.name());
    }

    private static String quoted(String name) {
        return name.matches("[a-z_][a-z0-9_$]*") ? name : '"' + name.replace("\"", "\"\"") + '"';
    }

    public boolean isIn(String site) {
        SqlShape shape = SqlShape.of(site);
        SqlShape.Table wanted = table;
        if (wanted == null) {
            return verb != null && shape.verbs().contains(verb);
        }
        return shape.uses().stream()
                .anyMatch(use -> (verb == null || verb.equals(use.verb())) && wanted.isSame(use.table()));
    }

    public boolean isOnly(String site) {
        return table == null && Objects.equals(verb, site);
    }
}
