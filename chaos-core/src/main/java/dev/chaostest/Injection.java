// SPDX-License-Identifier: Apache-2.0
package dev.chaostest;

/**
 * The handle of a fault that is active now; closing it heals.
 *
 * <p>Closing is the only way to undo it, and twice is harmless. The end of the scope closes what is still open.
 *
 * @since 0.1
 */
public interface Injection extends AutoCloseable {

    /** Whether the fault can still strike. */
    boolean isActive();

    @Override
    void close();
}
