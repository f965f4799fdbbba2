// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Target;
import dev.chaostest.postgres.wire.sql.internal.SqlPhrase;
import dev.chaostest.postgres.wire.sql.internal.SqlSites;
import dev.chaostest.postgres.wire.sql.internal.WireSites;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Which SQL statements a rule is about.
 *
 * <p>{@link #on} names a verb, a table or both: {@code "UPDATE account"}, {@code "COMMIT"}, {@code "account"}. It knows
 * schemas, aliases, quotes and case apart from the names, and reads into {@code WITH}; a site with several statements
 * matches if one of them does. {@link #matching} searches the statement's normalised text. {@link #any} is every
 * statement but those that the driver and the pool send by themselves to set a connection up or to try it.
 *
 * <pre>{@code
 * Rule slow = Rule.of(SqlTarget.on("SELECT account"), Trigger.always(), Delay.of(Duration.ofMillis(250)));
 * Rule lost = Rule.of(SqlTarget.on("COMMIT"), Trigger.nth(1), new Cut(When.AFTER));
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @since 0.1
 */
public sealed interface SqlTarget extends Target {

    /**
     * A verb, a table, or a verb and a table.
     *
     * <p>A single word is a verb if SQL has it ({@code "UPDATE"}), else a table, with any verb ({@code "account"}). A
     * schema is compared only where both the target and the statement have one. Reading counts as {@code SELECT}, also
     * in a SELECT inside another statement ({@code INSERT INTO a SELECT * FROM b} is about {@code "SELECT b"} too, {@code
     * UPDATE a ... FROM b} is not). {@code "BEGIN"},
     * {@code "COMMIT"} and {@code "ROLLBACK"} are the plain statements in any spelling, not {@code COMMIT PREPARED} or
     * {@code ROLLBACK TO}.
     *
     * <p>{@code "connect"} is the begin of a session, from its first message until the server is ready; {@code "disconnect"}
     * is its end by the client's own word. A table of that name needs its schema, or {@code "SELECT connect"}.
     *
     * @throws ChaosException if the text is empty, or is neither
     */
    static SqlTarget on(String statement) {
        Site link = new Site(SqlSites.SEAM, statement.strip().toLowerCase(Locale.ROOT));
        if (SqlSites.isLink(link)) {
            return new Link(link);
        }
        SqlPhrase.parse(statement);
        return new Statement(statement.strip());
    }

    /**
     * Statements in whose normalised text the pattern is found, without regard to case.
     *
     * @param regex a pattern of {@link Pattern}; literals are {@code ?} in the text, parameters {@code $1}
     * @throws ChaosException if the pattern is empty or can't be read
     */
    static SqlTarget matching(String regex) {
        if (regex.isEmpty()) {
            throw new ChaosException(
                    "matching must be a pattern to find in a statement, but was empty. For every statement use any().");
        }
        try {
            Pattern.compile(regex);
            return new Matching(regex);
        } catch (PatternSyntaxException unreadable) {
            throw new ChaosException(
                    "matching must be a regular expression, but \"" + regex + "\" can't be read: "
                            + unreadable.getDescription() + ". To find it as it stands, use Pattern.quote.",
                    unreadable);
        }
    }

    /**
     * Every statement but what pgjdbc, HikariCP and Isolation send by themselves when they set a connection up or try it:
     * {@code SET application_name}, {@code SET extra_float_digits}, {@code SHOW TRANSACTION ISOLATION LEVEL}, {@code SET
     * SESSION CHARACTERISTICS}, {@code SET TRANSACTION ISOLATION LEVEL}, and the empty one of {@code isValid}. To reach those, name them.
     */
    static SqlTarget any() {
        return new Any();
    }

    /**
     * What to write in {@link #on} to mean this site, for copying: {@code "UPDATE account"}. It means others too that do
     * the same to the same table. For {@linkplain #rows rows} it is what means their statement. Empty if there is nothing,
     * and for other sites.
     */
    static Optional<String> naming(Site site) {
        if (SqlSites.isLink(site)) {
            return Optional.of(site.name());
        }
        return WireSites.statementOfRow(site)
                .or(() -> Optional.of(site))
                .filter(SqlSites::isStatement)
                .flatMap(statement -> SqlPhrase.naming(statement.name()));
    }

    @Override
    default String seam() {
        return SqlSites.SEAM;
    }

    /**
     * The rows of these statements' results, each as it comes from the server: the third hit is the third row.
     *
     * <p>Delays, hangs and cuts only; a client that fetches in portions meets a row when it asks for its portion.
     */
    default Target rows() {
        return new WireTarget.Rows(this);
    }

    /** Whether this site is the only one that it can be about. */
    boolean isOnly(Site site);

    /** The begin or the end of a session; see {@link SqlTarget#on}. */
    record Link(Site site) implements SqlTarget {
        @Override
        public boolean matches(Site other) {
            return site.equals(other);
        }

        @Override
        public boolean isOnly(Site other) {
            return site.equals(other);
        }

        @Override
        public String toString() {
            return site.name();
        }
    }

    /**
     * See {@link SqlTarget#on}.
     *
     * @param text what the user wrote
     */
    record Statement(String text) implements SqlTarget {
        @Override
        public boolean matches(Site site) {
            return SqlSites.isStatement(site) && SqlPhrase.parse(text).isIn(site.name());
        }

        @Override
        public boolean isOnly(Site site) {
            return SqlPhrase.parse(text).isOnly(site.name());
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /** See {@link SqlTarget#matching}. */
    record Matching(String regex) implements SqlTarget {
        @Override
        public boolean matches(Site site) {
            return SqlSites.isStatement(site)
                    && Pattern.compile(regex, Pattern.CASE_INSENSITIVE)
                            .matcher(site.name())
                            .find();
        }

        @Override
        public boolean isOnly(Site site) {
            return false;
        }

        @Override
        public String toString() {
            return "/" + regex + "/";
        }
    }

    /** See {@link SqlTarget#any}. */
    record Any() implements SqlTarget {
        @Override
        public boolean matches(Site site) {
            return site.seam().equals(SqlSites.SEAM) && !SqlSites.isHousekeeping(site);
        }

        @Override
        public boolean isOnly(Site site) {
            return false;
        }

        @Override
        public String toString() {
            return "any statement";
        }
    }
}
