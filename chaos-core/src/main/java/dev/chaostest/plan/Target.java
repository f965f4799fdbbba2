// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

/**
 * Where a fault happens: which sites a rule is about.
 *
 * <p>Whether a site {@link #matches} is the same every time, and is asked once for each site of a scope.
 * {@code toString} says it in the user's words, since it is printed wherever the rule is. Implementations are immutable.
 *
 * @since 0.1
 */
public interface Target {

    /** The seam at whose sites it looks; no site of another seam matches. */
    String seam();

    /** Whether the rule is about this site. */
    boolean matches(Site site);

    /**
     * Whether the rule is about this one of the hits at a site that matches. What it is not about is not counted. Asked at
     * each hit, so it must be quick; whatever it throws goes to the caller.
     */
    default boolean covers(Detail detail) {
        return true;
    }

    /** The fault as it is told of here; a target whose sites have no effect of their own says at what {@link Moment} it strikes. */
    default Fault told(Fault fault) {
        return fault;
    }

    /** Exactly this site. */
    static Target of(Site site) {
        return new One(site);
    }

    /** Every site of a seam. */
    static Target seam(String seam) {
        return new Seam(seam);
    }

    /** One site. */
    record One(Site site) implements Target {
        @Override
        public String seam() {
            return site.seam();
        }

        @Override
        public boolean matches(Site other) {
            return site.equals(other);
        }

        @Override
        public String toString() {
            return site.toString();
        }
    }

    /** A whole seam. */
    record Seam(String seam) implements Target {
        @Override
        public boolean matches(Site site) {
            return site.seam().equals(seam);
        }

        @Override
        public String toString() {
            return "every " + seam + " site";
        }
    }
}
