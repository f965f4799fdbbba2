// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import dev.chaostest.link.Hold;
import dev.chaostest.plan.Site;
import dev.chaostest.postgres.wire.sql.internal.SqlSites;
import java.time.Duration;
import java.util.Optional;

/**
 * Hears of each statement of a mount before it goes out: what the statements before it have done to the session can be looked
 * at meanwhile, for instance which locks it holds.
 *
 * <p>Statements that go out together, as BEGIN and the first one or the elements of a batch, may be told of before the server
 * has come to those before them.
 *
 * <pre>{@code
 * AutoCloseable observed = mount.observe(statement -> {
 *     log.debug("pid {} sends {}", statement.pid(), statement.sql());
 *     statement.goOn();
 * });
 * }</pre>
 *
 * @since 0.1
 */
@FunctionalInterface
public interface StatementObserver {

    /**
     * A statement waits to go out. Called on the thread that sends it, which must not be made to wait here: {@link
     * Arriving#goOn} may be called from any thread, now or later.
     */
    void before(Arriving statement);

    /** One statement that waits to go out, for at most {@link #HELD_MAX}. Safe for use by many threads. */
    final class Arriving {

        /** A statement that nobody let go on goes on by itself then. */
        public static final Duration HELD_MAX = Duration.ofSeconds(5);

        private final int pid;
        private final String sql;
        private final Optional<String> caller;
        private final Hold hold = new Hold(HELD_MAX, end -> {});

        private Arriving(int pid, String sql, Optional<String> caller) {
            this.pid = pid;
            this.sql = sql;
            this.caller = caller;
        }

        /** Tells of a statement; answers what ends when it is to go on. */
        static Hold announce(StatementObserver told, int pid, String sql, Optional<String> caller) {
            Arriving statement = new Arriving(pid, sql, caller);
            told.before(statement);
            return statement.hold;
        }

        /** The process id of the backend. */
        public int pid() {
            return pid;
        }

        /** Its text; may hold values of the test. */
        public String sql() {
            return sql;
        }

        /** The site at which rules meet it. */
        public Site site() {
            return SqlSites.site(sql);
        }

        /** The frame of the code under test that sends it, if that is on the stack. */
        public Optional<String> caller() {
            return caller;
        }

        /**
         * Lets it go on.
         *
         * @return whether it waited until now, so that what was looked at is what was before it
         */
        public boolean goOn() {
            hold.release();
            return hold.end().filter(Hold.End.RELEASED::equals).isPresent();
        }
    }
}
