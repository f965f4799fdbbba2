// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.sql.internal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a statement does to which tables, as far as its words tell. No parser: it knows the places where PostgreSQL's
 * grammar puts the name of a table.
 *
 * @param verbs the verbs of its statements, in capitals; data-changing {@code WITH} queries count
 * @param uses which verb on which table
 */
public record SqlShape(Set<String> verbs, Set<Use> uses) {

    private static final Set<String> CONTROL =
            Set.of("BEGIN", "COMMIT", "ROLLBACK", "COMMIT AND CHAIN", "ROLLBACK AND CHAIN");
    private static final Set<String> NOT_A_VERB_BEHIND =
            Set.of("FOR", "KEY", "DO", "ON", "THEN", "OR", "BEFORE", "AFTER");
    private static final Set<String> LISTS = Set.of("FROM", "JOIN", "USING", "TRUNCATE", "LOCK", "TABLE");
    /** Behind these, a comma in the same bracket no longer leads to another table. */
    private static final Set<String> LIST_ENDS = Set.of(
            "SELECT",
            "WHERE",
            "GROUP",
            "HAVING",
            "WINDOW",
            "ORDER",
            "LIMIT",
            "OFFSET",
            "FETCH",
            "FOR",
            "UNION",
            "INTERSECT",
            "EXCEPT",
            "SET",
            "WHEN",
            "RETURNING",
            "WITH",
            "TO");

    private static final Set<String> SKIPPED = Set.of("ONLY", "TABLE", "LATERAL", "IF", "NOT", "EXISTS");
    private static final Set<String> CHANGES = Set.of("INSERT", "UPDATE", "DELETE", "MERGE");

    /** A table, in lower case; the schema may be unknown. */
    record Table(@Nullable String schema, String name) {
        boolean isSame(Table other) {
            return name.equals(other.name) && (schema == null || other.schema == null || schema.equals(other.schema));
        }
    }

    /** A verb on a table; the verb is null for a table that an UPDATE or DELETE only reads. */
    record Use(@Nullable String verb, Table table) {}

    static boolean isPlainControl(String name) {
        return CONTROL.contains(name);
    }

    public static SqlShape of(String site) {
        Set<String> verbs = new HashSet<>();
        Set<Use> uses = new HashSet<>();
        if (isPlainControl(site)) {
            verbs.add(site);
        } else {
            new Reader(SqlLexer.tokens(site), verbs, uses).read();
        }
        return new SqlShape(verbs, uses);
    }

    /** These tokens as the name of a table and nothing else; null if they are not. */
    static @Nullable Table table(List<SqlToken> tokens) {
        if (tokens.size() == 1 && tokens.get(0).isName()) {
            return new Table(null, tokens.get(0).name());
        }
        boolean qualified = tokens.size() == 3
                && tokens.get(0).isName()
                && tokens.get(1).isSymbol(".")
                && tokens.get(2).isName();
        return qualified ? new Table(tokens.get(0).name(), tokens.get(2).name()) : null;
    }

    /** One pass over the tokens; a frame for each bracket. */
    private static final class Reader {

        private final List<SqlToken> tokens;
        private final Set<String> verbs;
        private final Set<Use> uses;
        private final Deque<Frame> frames = new ArrayDeque<>();
        private int at;

        Reader(List<SqlToken> tokens, Set<String> verbs, Set<Use> uses) {
            this.tokens = tokens;
            this.verbs = verbs;
            this.uses = uses;
            frames.push(new Frame(null));
        }

        private static final class Frame {
            private @Nullable String verb;
            private boolean first = true;
            private boolean listing;

            /** The verb on the tables of the list. */
            private @Nullable String listed;

            Frame(@Nullable String verb) {
                this.verb = verb;
            }
        }

        void read() {
            while (at < tokens.size()) {
                SqlToken token = tokens.get(at);
                if (token.isSymbol("(")) {
                    boolean fromList = isFromList();
                    frames.push(new Frame(fromList ? top().verb : null));
                    at++;
                    if (fromList) {
                        top().first = false;
                        list(top().verb);
                    }
                } else if (token.isSymbol(")") && frames.size() > 1) {
                    frames.pop();
                    at++;
                } else if (token.isSymbol(",") && top().listing) {
                    at++;
                    one(top().listed);
                } else if (token.isSymbol(";") && frames.size() == 1) {
                    frames.pop();
                    frames.push(new Frame(null));
                    at++;
                } else {
                    word(token);
                }
            }
        }

        /** {@code FROM (account JOIN ...)}: the bracket belongs to the list of tables. */
        private boolean isFromList() {
            return at > 0
                    && (tokens.get(at - 1).is("FROM") || tokens.get(at - 1).is("JOIN"))
                    && !isWord(at + 1, "SELECT")
                    && !isWord(at + 1, "WITH")
                    && !isWord(at + 1, "VALUES");
        }

        private void word(SqlToken token) {
            Frame frame = top();
            boolean first = frame.first;
            frame.first = false;
            at++;
            if (token.kind() != SqlToken.Kind.WORD || isSymbol(at - 2, ".") || isSymbol(at, ".")) {
                return;
            }
            String word = token.upper();
            if (LIST_ENDS.contains(word)) {
                frame.listing = false;
            }
            String before = at > 1 ? tokens.get(at - 2).upper() : "";
            if (first || startsStatement(word, before, frame)) {
                begin(word, frame);
            }
            tables(word, before, frame);
        }

        /** The main statement behind {@code WITH ... AS (...)}, {@code EXPLAIN} and {@code INSERT INTO ...}. */
        private static boolean startsStatement(String word, String before, Frame frame) {
            return (word.equals("SELECT") || CHANGES.contains(word))
                    && !NOT_A_VERB_BEHIND.contains(before)
                    && !"CREATE".equals(frame.verb)
                    && !"GRANT".equals(frame.verb)
                    && !"REVOKE".equals(frame.verb);
        }

        private void begin(String word, Frame frame) {
            String verb = verb(word);
            boolean main = isMain() && (frame.verb == null || isTransparent(frame.verb));
            if (main || CHANGES.contains(word)) {
                verbs.add(verb);
            }
            frame.verb = verb;
        }

        /** Not inside another statement; brackets around the whole one don't count. */
        private boolean isMain() {
            return frames.stream().skip(1).allMatch(outer -> outer.first || outer.verb == null);
        }

        private static boolean isTransparent(String verb) {
            return verb.equals("WITH") || verb.equals("EXPLAIN");
        }

        private String verb(String word) {
            if (word.equals("START") || word.equals("ABORT") || word.equals("END")) {
                return word.equals("START") ? "BEGIN" : word.equals("END") ? "COMMIT" : "ROLLBACK";
            }
            boolean compound = isWord(at, "PREPARED") || (word.equals("PREPARE") && isWord(at, "TRANSACTION"));
            boolean toSavepoint = word.equals("ROLLBACK") && isWord(at, "TO");
            return compound || toSavepoint ? word + " " + tokens.get(at).upper() : word;
        }

        private void tables(String word, String before, Frame frame) {
            String verb = frame.verb;
            if (verb == null) {
                return;
            }
            boolean statement = word.equals(verb);
            switch (word) {
                case "UPDATE", "COPY", "CALL", "ANALYZE", "VACUUM", "CLUSTER" -> {
                    if (statement && !NOT_A_VERB_BEHIND.contains(before)) {
                        one(verb);
                    }
                }
                case "INTO", "VIEW" -> one(verb);
                case "ON" -> {
                    if (verb.equals("CREATE") || verb.equals("GRANT") || verb.equals("REVOKE")) {
                        one(verb);
                    }
                }
                default -> {
                    if (LISTS.contains(word) && !before.equals("DISTINCT") && isListOf(word, verb)) {
                        String on = word.equals("FROM") && before.equals("DELETE") ? verb : reader(word, verb);
                        frame.listing |= word.equals("FROM") || word.equals("USING");
                        frame.listed = on;
                        list(on);
                    }
                }
            }
        }

        private static boolean isListOf(String word, String verb) {
            return switch (word) {
                case "TRUNCATE", "LOCK" -> verb.equals(word);
                case "USING" -> verb.equals("DELETE") || verb.equals("MERGE");
                default -> true;
            };
        }

        private static @Nullable String reader(String word, String verb) {
            boolean reads = word.equals("FROM") || word.equals("JOIN") || word.equals("USING");
            return reads && CHANGES.contains(verb) ? null : verb;
        }

        /** A list of tables with aliases, up to what can't be one. */
        private void list(@Nullable String verb) {
            one(verb);
            while (isAlias() || isSymbol(at, ",")) {
                boolean comma = isSymbol(at, ",");
                at++;
                if (comma) {
                    one(verb);
                }
            }
        }

        private boolean isAlias() {
            if (at >= tokens.size() || !tokens.get(at).isName()) {
                return false;
            }
            return isWord(at, "AS") || isWord(at - 1, "AS") || isSymbol(at + 1, ",");
        }

        private void one(@Nullable String verb) {
            while (at < tokens.size() && SKIPPED.contains(tokens.get(at).upper())) {
                at++;
            }
            if (at >= tokens.size() || !tokens.get(at).isName()) {
                return;
            }
            String name = tokens.get(at++).name();
            String schema = null;
            while (isSymbol(at, ".")
                    && at + 1 < tokens.size()
                    && tokens.get(at + 1).isName()) {
                schema = name;
                name = tokens.get(at + 1).name();
                at += 2;
            }
            uses.add(new Use(verb, new Table(schema, name)));
        }

        private Frame top() {
            return frames.element();
        }

        private boolean isWord(int index, String word) {
            return index >= 0 && index < tokens.size() && tokens.get(index).is(word);
        }

        private boolean isSymbol(int index, String symbol) {
            return index >= 0 && index < tokens.size() && tokens.get(index).isSymbol(symbol);
        }
    }
}
