// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

/**
 * How a connection that is cut looks to both peers.
 *
 * @since 0.1
 */
public enum CutKind {
    /** It ends in order (FIN): a read sees the end of the stream, as when the peer's process ended. */
    FIN,
    /** It breaks (RST): a read fails with "Connection reset", as when the peer's machine lost it. */
    RST
}
