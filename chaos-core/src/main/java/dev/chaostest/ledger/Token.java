// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.ledger;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Script;
import dev.chaostest.plan.Seed;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.zip.CRC32;

/**
 * The one line that replays a round.
 *
 * <p>Holds the seed, and fingerprints of the test and of its plan, so that a replay of something else is noticed: printed
 * as {@code c1:} and 27 letters. Where faults struck it also holds at which hits, so that they strike there again however
 * threads run; or which variant of a sweep it was. That is printed as {@code c2:} and some more letters: one or two for
 * each decision, eight for each lane, ten for each rule and site.
 *
 * <p>At most {@value #DECISIONS_MAX} decisions fit. A round with more has a token with the seed only, which fixes each
 * decision that depends neither on a count over several lanes nor on the clock.
 *
 * <pre>{@code
 * Token token = Token.of(seed, "TransferTest.isRetried", plan, 1, scope.round().decisions().script());
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param seed the seed of the run
 * @param test a fingerprint of the test's name
 * @param plan the {@linkplain Plan#fingerprint fingerprint} of its plan
 * @param round which round of the test, from 1; 0 for all of them
 * @param variant which variant of a sweep, if it is of one
 * @param script where faults struck, if it holds that
 * @since 0.1
 */
public record Token(Seed seed, int test, int plan, long round, OptionalInt variant, Optional<Script> script) {

    /** How many decisions a token holds at most. */
    public static final int DECISIONS_MAX = 200;

    private static final String SEED_ONLY = "c1:";
    private static final String WITH_DECISIONS = "c2:";
    private static final int SEED_ONLY_BODY = Long.BYTES + 2 * Integer.BYTES;

    public Token {
        Objects.requireNonNull(variant, "variant");
        if (round < 0 || script.map(s -> s.decisions().size()).orElse(0) > DECISIONS_MAX) {
            throw new IllegalArgumentException("a token must have a round from 0 and at most " + DECISIONS_MAX
                    + " decisions, but had round " + round + " and "
                    + script.map(s -> s.decisions().size()).orElse(0) + ". Leave the decisions out.");
        }
    }

    /** A token with the seed only, for all rounds. */
    public Token(Seed seed, int test, int plan) {
        this(seed, test, plan, 0, OptionalInt.empty(), Optional.empty());
    }

    /** The token of a test with this plan: its seed, for all rounds. */
    public static Token of(Seed seed, String test, Plan plan) {
        return new Token(seed, test.hashCode(), plan.fingerprint());
    }

    /**
     * The token of one round, with what was decided in it; with the seed only if nothing was, or too much to be held.
     *
     * @param seed the seed of the run, not of the round
     * @param round which round, from 1
     */
    public static Token of(Seed seed, String test, Plan plan, long round, Script script) {
        return script.decisions().isEmpty() || !holds(script)
                ? of(seed, test, plan)
                : new Token(seed, test.hashCode(), plan.fingerprint(), round, OptionalInt.empty(), Optional.of(script));
    }

    /**
     * The token of one variant of a sweep.
     *
     * @param planFingerprint a number that changes when what is swept does
     * @param variant which variant; the same number in each run, also if other variants come or go
     */
    public static Token ofVariant(Seed seed, String test, int planFingerprint, int variant) {
        return new Token(seed, test.hashCode(), planFingerprint, 0, OptionalInt.of(variant), Optional.empty());
    }

    /** Whether a token has room for these decisions. */
    public static boolean holds(Script script) {
        return script.decisions().size() <= DECISIONS_MAX;
    }

    /**
     * Reads a token back.
     *
     * @throws ChaosException if it is not a token, is mistyped or cut, or comes from another version
     */
    public static Token parse(String text) {
        String stripped = text.strip();
        boolean isSeedOnly = stripped.startsWith(SEED_ONLY);
        if (!isSeedOnly && !stripped.startsWith(WITH_DECISIONS)) {
            throw unreadable(text, "it begins with neither \"" + SEED_ONLY + "\" nor \"" + WITH_DECISIONS + "\"");
        }
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(stripped.substring(SEED_ONLY.length()));
        } catch (IllegalArgumentException notBase64) {
            throw unreadable(text, "it holds a character that no token has");
        }
        int body = bytes.length - Integer.BYTES;
        if (isSeedOnly ? body != SEED_ONLY_BODY : body < SEED_ONLY_BODY) {
            throw unreadable(text, "its length is wrong");
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, body);
        if (ByteBuffer.wrap(bytes).getInt(body) != checksum(Arrays.copyOf(bytes, body))) {
            throw unreadable(text, "its checksum is wrong");
        }
        return isSeedOnly
                ? new Token(new Seed(buffer.getLong()), buffer.getInt(), buffer.getInt())
                : parse(text, buffer);
    }

    /** Its checksum is right, but somebody may have made that so. */
    private static Token parse(String text, ByteBuffer body) {
        try {
            return TokenBytes.read(body);
        } catch (BufferUnderflowException | IllegalArgumentException garbled) {
            throw unreadable(text, "what it holds makes no sense");
        }
    }

    /** Whether this token was made by the test of that name. */
    public boolean isOf(String testName) {
        return test == testName.hashCode();
    }

    /** Whether it is about this round of its test. */
    public boolean isAbout(long roundNumber) {
        return round == 0 || round == roundNumber;
    }

    @Override
    public String toString() {
        boolean isSeedOnly = round == 0 && variant.isEmpty() && script.isEmpty();
        byte[] body = isSeedOnly
                ? ByteBuffer.allocate(SEED_ONLY_BODY)
                        .putLong(seed.value())
                        .putInt(test)
                        .putInt(plan)
                        .array()
                : TokenBytes.of(this);
        ByteBuffer whole = ByteBuffer.allocate(body.length + Integer.BYTES).put(body);
        whole.putInt(checksum(body));
        return (isSeedOnly ? SEED_ONLY : WITH_DECISIONS)
                + Base64.getUrlEncoder().withoutPadding().encodeToString(whole.array());
    }

    private static int checksum(byte[] body) {
        CRC32 crc = new CRC32();
        crc.update(body);
        return (int) crc.getValue();
    }

    private static ChaosException unreadable(String text, String why) {
        String version = text.strip().startsWith(SEED_ONLY) ? SEED_ONLY : WITH_DECISIONS;
        return new ChaosException("chaos.replay must be a token as a failed test printed it, but was \"" + text + "\" ("
                + why + "). Copy the whole token, from \"" + version + "\" on.");
    }
}
