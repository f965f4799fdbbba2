// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Target;
import dev.chaostest.postgres.pool.PoolMount;
import dev.chaostest.postgres.wire.SqlTarget;
import dev.chaostest.postgres.wire.WireTarget;
import dev.chaostest.postgres.wire.message.MessageType;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The attributes that say where, as they stand on each fault's annotation.
 *
 * @param annotation the annotation with its place, for messages
 * @param message a message of the protocol, or empty
 */
record Where(String annotation, String on, String matching, Operation operation, String message) {

    private static final Set<Operation> NEVER_FAILED =
            EnumSet.of(Operation.BEGIN, Operation.ROLLBACK, Operation.ROW, Operation.CANCEL);

    /** A message that has statements of its own. */
    private static final String ROW = "DataRow";

    /** Of an annotation whose fault can't strike at a message. */
    Where(String annotation, String on, String matching, Operation operation) {
        this(annotation, on, matching, operation, "");
    }

    /** Which statements; refuses what contradicts itself. */
    Target target() {
        if (!on.isEmpty() && !matching.isEmpty()) {
            throw refused("only one of on and matching must be set, but both are. Use one annotation for each.");
        }
        if (!message.isEmpty()) {
            return messages();
        }
        return switch (operation) {
            case ANY -> statements();
            case STATEMENT, BEGIN, COMMIT, ROLLBACK -> new OfKind(statements(), operation);
            case CONNECT -> alone(SqlTarget.on("connect"));
            case ROW -> statements().rows();
            case CANCEL -> alone(WireTarget.cancelRequest());
            case ACQUIRE -> alone(PoolMount.acquire());
        };
    }

    /** The attributes that mean this site, as they are written; empty if none do. */
    static Optional<String> naming(Site site) {
        if (WireTarget.cancelRequest().matches(site)) {
            return Optional.of("operation = Operation.CANCEL");
        }
        if (PoolMount.acquire().matches(site)) {
            return Optional.of("operation = Operation.ACQUIRE");
        }
        boolean isRow = site.seam().equals(WireTarget.cancelRequest().seam());
        if (isRow && MessageType.isName(site.name())) {
            return Optional.of("message = \"" + site.name() + "\"");
        }
        return SqlTarget.naming(site)
                .map(on -> "on = \"" + on.replace("\\", "\\\\").replace("\"", "\\\"") + "\""
                        + (isRow ? ", operation = Operation.ROW" : ""));
    }

    private Target messages() {
        if (operation != Operation.ANY) {
            throw refused("only one of message and operation must be set, but message is \"" + message
                    + "\" and operation is " + operation + ". Remove one.");
        }
        boolean isNamed = !on.isEmpty() || !matching.isEmpty();
        if (isNamed && !message.equals(ROW)) {
            throw refused(
                    "on and matching must not be set with a message that is of no one statement, but message is \""
                            + message + "\". Remove them, or use message = \"" + ROW + "\".");
        }
        try {
            return isNamed ? statements().rows() : WireTarget.message(message);
        } catch (ChaosException e) {
            throw refused(e.getMessage());
        }
    }

    /** What is no statement has no text to be found by. */
    private Target alone(Target target) {
        if (!on.isEmpty() || !matching.isEmpty()) {
            throw refused(
                    "on and matching must not be set with operation = " + operation + ", which is no statement, but "
                            + (on.isEmpty() ? "matching is \"" + matching : "on is \"" + on) + "\". Remove it.");
        }
        return target;
    }

    /** Which statements, for a fault that the server raises: it can't at the begin or the rollback of a transaction. */
    Target failing() {
        if (NEVER_FAILED.contains(operation)) {
            throw refused("operation must be one that can fail, but was " + operation
                    + ". Delay or cut it, or fail the COMMIT.");
        }
        return target();
    }

    /** For a fault that ends a connection, which must be there. */
    Target connected() {
        if (operation == Operation.ACQUIRE) {
            throw refused(
                    "operation must be one on a connection, but was ACQUIRE, which has none yet. Use @ChaosFailure.");
        }
        return target();
    }

    private SqlTarget statements() {
        try {
            if (!on.isEmpty()) {
                return SqlTarget.on(on);
            }
            return matching.isEmpty() ? SqlTarget.any() : SqlTarget.matching(matching);
        } catch (ChaosException e) {
            throw new ChaosException(annotation + ": " + e.getMessage(), e);
        }
    }

    private ChaosException refused(@Nullable String sentence) {
        return new ChaosException(annotation + ": " + sentence);
    }

    /** Statements of one kind only. */
    private record OfKind(Target statements, Operation kind) implements Target {
        @Override
        public String seam() {
            return statements.seam();
        }

        @Override
        public boolean matches(Site site) {
            return kind == kindOf(site.name()) && statements.matches(site);
        }

        private static Operation kindOf(String name) {
            return switch (name) {
                case "BEGIN" -> Operation.BEGIN;
                case "COMMIT" -> Operation.COMMIT;
                case "ROLLBACK" -> Operation.ROLLBACK;
                default -> Operation.STATEMENT;
            };
        }

        @Override
        public String toString() {
            return statements + " (" + kind + " only)";
        }
    }
}
