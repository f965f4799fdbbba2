// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.snapshot;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/** The SHA-256 of cells, in 32 bytes of memory. */
record Digest(long first, long second, long third, long fourth) {

    static Digest of(List<?> frozenCells) {
        try {
            ByteBuffer sum =
                    ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(Encoding.of(frozenCells)));
            return new Digest(sum.getLong(), sum.getLong(), sum.getLong(), sum.getLong());
        } catch (NoSuchAlgorithmException everyPlatformHasIt) {
            throw new IllegalStateException(everyPlatformHasIt);
        }
    }
}
