// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import dev.chaostest.mount.Mount;

/**
 * A proxy, and where a scope is armed on it.
 *
 * <p>Safe for use by many threads if the wrapped object is.
 *
 * @param proxy what the code under test is handed
 * @param mount what {@code scope.arm} wants
 * @param <T> the interface
 * @since 0.1
 */
public record Wrapped<T>(T proxy, Mount mount) {}
