// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/**
 * The one number from which every random choice of a scope derives.
 *
 * <p>A draw is a function of the seed, the rule, the site, the lane and the n-th arrival there. It is never "the next
 * value" of a shared generator, so threads that arrive in another order get the same draws, and a rule that is added
 * does not move those of the others.
 *
 * <pre>{@code
 * Seed seed = Seed.parse("77");
 * Plan plan = Plan.of(seed, rule);
 * }</pre>
 *
 * <p>Zero is a seed like any other. Immutable, safe for use by many threads.
 *
 * @since 0.1
 */
public record Seed(long value) {

    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;
    private static final double UNIT = 0x1.0p-53;

    /** The hash of no rule's text: rules are hashed by {@link #hash}, which no text brings to this in practice. */
    private static final long NO_RULE = 0;

    /** A seed that nobody chose; print it, or the run can't be repeated. */
    public static Seed random() {
        return new Seed(new SplittableRandom().nextLong());
    }

    /**
     * Reads a seed as users write it.
     *
     * @param text a decimal number in the range of {@code long}
     * @throws ChaosException if the text is not such a number
     */
    public static Seed parse(String text) {
        try {
            return new Seed(Long.parseLong(text.strip()));
        } catch (NumberFormatException notANumber) {
            throw new ChaosException(
                    "chaos.seed must be a whole number between " + Long.MIN_VALUE + " and " + Long.MAX_VALUE
                            + ", but was \"" + text + "\". Copy the number from the failure's replay line.",
                    notANumber);
        }
    }

    /** The seed of the n-th round; the first round has this seed itself. */
    public Seed round(long number) {
        return number <= 1 ? this : new Seed(mix(value ^ mix(number)));
    }

    /**
     * A draw that belongs to no rule, such as a retry's jitter: uniform in [0, 1), and the same for the same arguments.
     *
     * @param site what it is drawn for
     * @param lane on which stream of draws
     * @param nth the how many-th of that stream, from 1
     */
    public double draw(Site site, Lane lane, long nth) {
        return draw(NO_RULE, new Hit(site, lane, nth));
    }

    /** The draw for one hit of one rule, uniform in [0, 1). */
    double draw(long ruleHash, Hit hit) {
        long bits = mix(value ^ ruleHash);
        bits = mix(bits ^ hash(hit.site().seam()));
        bits = mix(bits ^ hash(hit.site().name()));
        bits = mix(bits ^ hash(hit.lane().name()));
        bits = mix(bits ^ hit.nth());
        return (bits >>> 11) * UNIT;
    }

    /** FNV-1a over UTF-8: the same in every JVM, which {@code String.hashCode} is too, but with 64 bits. */
    static long hash(String text) {
        long hash = FNV_OFFSET;
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * FNV_PRIME;
        }
        return hash;
    }

    /** The finalizer of SplitMix64: every input bit reaches every output bit. */
    private static long mix(long input) {
        long z = input + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
