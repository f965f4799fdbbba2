// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

import org.jspecify.annotations.Nullable;

/**
 * What a seam knows about one hit beyond its site: the arguments of a call, say. A {@linkplain Target#covers target} of the
 * same seam may look at it; nothing keeps it.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface Detail {

    /** What the hit is about: an account, a provider. Rules may {@linkplain Rule.Counting#KEY count by it}; null if none. */
    @Nullable
    String key();
}
