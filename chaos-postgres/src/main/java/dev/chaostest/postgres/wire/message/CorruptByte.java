// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.message;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Site;
import java.util.Arrays;
import java.util.Objects;

/**
 * Turns one bit of a message over.
 *
 * <p>The peer gets as many bytes as were sent, one of them wrong by one bit, and is not told: a wrong value, or an error of
 * its protocol code (a client's 08P01 or 08006, the server's 08P01 or 22021). Which bit it is, is drawn from the seed, and
 * so is the byte unless it is given. The type and the length stay right unless they are asked for; after a wrong length
 * nothing of that direction is understood any more, here as there.
 *
 * <p>Only the first 16 KiB of a message are reached.
 *
 * <pre>{@code
 * Rule noise = Rule.of(WireTarget.message("DataRow"), Trigger.nth(1), CorruptByte.anywhere());
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads. Source: PostgreSQL documentation, "Message Formats".
 *
 * @param part which part of the message
 * @param nth which byte of it, counted from 1; 0 for one that is drawn from the seed
 * @since 0.1
 */
public record CorruptByte(Part part, int nth) implements MessageFault {

    /** The parts of a message. */
    public enum Part {
        /** The byte that it begins with. */
        TYPE,
        /** The 4 bytes of its length. */
        LENGTH,
        /** What follows. */
        BODY
    }

    private static final int LENGTH_BYTES = 4;

    /** How much of a message is reached. */
    private static final int REACHED = 16 * 1024;

    public CorruptByte {
        Objects.requireNonNull(part, "part");
        int last = switch (part) {
            case TYPE -> 1;
            case LENGTH -> LENGTH_BYTES;
            case BODY -> REACHED;
        };
        if (nth < 0 || nth > last) {
            throw new ChaosException("A byte of the " + part + " of a message must be one from 1 to " + last
                    + ", but was " + nth + ". For one that is drawn from the seed, use 0.");
        }
    }

    /** A byte of the body that is drawn from the seed. */
    public static CorruptByte anywhere() {
        return new CorruptByte(Part.BODY, 0);
    }

    /** This byte of the body, counted from 1. */
    public static CorruptByte ofBody(int nth) {
        return new CorruptByte(Part.BODY, nth);
    }

    /** The type. */
    public static CorruptByte ofType() {
        return new CorruptByte(Part.TYPE, 1);
    }

    /** This byte of the length, counted from 1. */
    public static CorruptByte ofLength(int nth) {
        return new CorruptByte(Part.LENGTH, nth);
    }

    @Override
    public boolean endsTheCall() {
        return false;
    }

    /** Only what is there can be wrong. */
    @Override
    public boolean isPossibleAt(Site site) {
        return MessageFault.super.isPossibleAt(site)
                && Arrays.stream(MessageType.values())
                        .filter(each -> each.site().equals(site))
                        .allMatch(this::isThere);
    }

    private boolean isThere(MessageType type) {
        return switch (part) {
            case TYPE -> type.type() != 0;
            case LENGTH -> true;
            case BODY -> !type.isEmpty();
        };
    }

    @Override
    public String demand() {
        return "must be at a message of a session that has one, but {} has none. Corrupt another part, or another message.";
    }

    @Override
    public String cameBack() {
        return "one bit wrong";
    }

    @Override
    public String toString() {
        return switch (part) {
            case TYPE -> "one wrong bit in the type";
            case LENGTH -> "one wrong bit in " + print() + " of the length";
            case BODY -> "one wrong bit in " + print() + " of the body";
        };
    }

    private String print() {
        return nth == 0 ? "a byte" : "byte " + nth;
    }
}
