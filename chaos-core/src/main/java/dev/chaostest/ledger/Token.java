// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.ledger;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Seed;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.zip.CRC32;

/**
 * The one line that replays a round.
 *
 * <p>Holds the seed, and fingerprints of the test and of its plan, so that a replay of something else is noticed.
 * Printed as {@code c1:} and 27 letters.
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param seed the seed of the run
 * @param test a fingerprint of the test's name
 * @param plan the {@linkplain Plan#fingerprint fingerprint} of its plan
 * @since 0.1
 */
public record Token(Seed seed, int test, int plan) {

    private static final String VERSION = "c1:";
    private static final int BODY = Long.BYTES + 2 * Integer.BYTES;

    /** The token of a test with this plan. */
    public static Token of(Seed seed, String test, Plan plan) {
        return new Token(seed, test.hashCode(), plan.fingerprint());
    }

    /**
     * Reads a token back.
     *
     * @throws ChaosException if it is not a token, is mistyped or cut, or comes from another version
     */
    public static Token parse(String text) {
        String stripped = text.strip();
        if (!stripped.startsWith(VERSION)) {
            throw unreadable(text, "it does not begin with \"" + VERSION + "\"");
        }
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(stripped.substring(VERSION.length()));
        } catch (IllegalArgumentException notBase64) {
            throw unreadable(text, "it holds a character that no token has");
        }
        if (bytes.length != BODY + Integer.BYTES) {
            throw unreadable(text, "its length is wrong");
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        Token token = new Token(new Seed(buffer.getLong()), buffer.getInt(), buffer.getInt());
        if (buffer.getInt() != checksum(bytes)) {
            throw unreadable(text, "its checksum is wrong");
        }
        return token;
    }

    /** Whether this token was made by the test of that name. */
    public boolean isOf(String testName) {
        return test == testName.hashCode();
    }

    @Override
    public String toString() {
        ByteBuffer buffer = ByteBuffer.allocate(BODY + Integer.BYTES);
        buffer.putLong(seed.value()).putInt(test).putInt(plan);
        buffer.putInt(checksum(buffer.array()));
        return VERSION + Base64.getUrlEncoder().withoutPadding().encodeToString(buffer.array());
    }

    private static int checksum(byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes, 0, BODY);
        return (int) crc.getValue();
    }

    private static ChaosException unreadable(String text, String why) {
        return new ChaosException("chaos.replay must be a token as a failed test printed it, but was \"" + text + "\" ("
                + why + "). Copy the whole token, from \"" + VERSION + "\" on.");
    }
}
