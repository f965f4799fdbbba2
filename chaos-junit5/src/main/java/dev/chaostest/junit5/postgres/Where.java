// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Target;
import dev.chaostest.postgres.wire.SqlTarget;

/**
 * The attributes that say where, as they stand on each fault's annotation.
 *
 * @param annotation the annotation with its place, for messages
 */
record Where(String annotation, String on, String matching, Operation operation) {

    /** Which statements; refuses what contradicts itself. */
    Target target() {
        if (!on.isEmpty() && !matching.isEmpty()) {
            throw refused("only one of on and matching must be set, but both are. Use one annotation for each.");
        }
        Target statements = statements();
        return operation == Operation.ANY ? statements : new OfKind(statements, operation);
    }

    /** Which statements, for a fault that the server raises: it can't at the begin or the rollback of a transaction. */
    Target failing() {
        if (operation == Operation.BEGIN || operation == Operation.ROLLBACK) {
            throw refused("operation must be one that can fail, but was " + operation
                    + ". Delay or cut it, or fail the COMMIT.");
        }
        return target();
    }

    private Target statements() {
        try {
            if (!on.isEmpty()) {
                return SqlTarget.on(on);
            }
            return matching.isEmpty() ? SqlTarget.any() : SqlTarget.matching(matching);
        } catch (ChaosException e) {
            throw new ChaosException(annotation + ": " + e.getMessage(), e);
        }
    }

    private ChaosException refused(String sentence) {
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
