// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.snapshot;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Numbers that are near enough; NaN and the infinities are near to nothing.
 *
 * @param most the greatest difference
 */
record Tolerance(double most) implements BiPredicate<@Nullable Object, @Nullable Object> {

    @Override
    public boolean test(@Nullable Object before, @Nullable Object after) {
        BigDecimal a = exact(before);
        BigDecimal b = exact(after);
        return a != null && b != null && a.subtract(b).abs().compareTo(BigDecimal.valueOf(most)) <= 0;
    }

    /** Floating numbers as they print, or 0.1 would not be a tenth. */
    private static @Nullable BigDecimal exact(@Nullable Object value) {
        if (value instanceof BigDecimal decimal) {
            return decimal;
        }
        if (value instanceof BigInteger whole) {
            return new BigDecimal(whole);
        }
        if (value instanceof Double || value instanceof Float) {
            return Double.isFinite(((Number) value).doubleValue()) ? new BigDecimal(value.toString()) : null;
        }
        return value instanceof Number whole ? BigDecimal.valueOf(whole.longValue()) : null;
    }
}
