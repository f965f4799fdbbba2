// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

import java.util.Objects;

/**
 * The stable name of a place where something can go wrong: a seam and what is done there.
 *
 * <p>{@code sql:UPDATE account SET balance = balance - $1 WHERE id = $2}, {@code sql:COMMIT},
 * {@code call:PaymentGateway.charge}. A site never holds argument values, so the same call has the same site in every
 * run; making it so is the seam's work.
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param seam the seam's short name, without a colon
 * @param name the normalised name of the operation
 * @since 0.1
 */
public record Site(String seam, String name) implements Comparable<Site> {

    public Site {
        Objects.requireNonNull(name, "name");
        if (seam.isEmpty() || seam.indexOf(':') >= 0) {
            throw new IllegalArgumentException(
                    "seam must be a name without a colon, but was \"" + seam + "\". Use for example \"sql\".");
        }
    }

    @Override
    public int compareTo(Site other) {
        int bySeam = seam.compareTo(other.seam);
        return bySeam != 0 ? bySeam : name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return seam + ":" + name;
    }
}
