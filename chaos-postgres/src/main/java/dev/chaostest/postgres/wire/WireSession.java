// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import java.time.Duration;
import java.util.Optional;

/**
 * A session that passed a wire seam: what the server showed of it there, and what became of its connection.
 *
 * <p>Together with its age the process id names one backend for good: the server has counted its age for at least as long. One
 * of the same process id that is younger is another.
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param number in which order the sessions of the mount were opened, from 1 on
 * @param pid the process that serves it, as BackendKeyData said
 * @param age for how long it has been served when this was asked
 * @param isOpen whether the client still has its connection
 * @param isCut whether a fault of ours has cut the connection, so that the backend may not know of it
 * @param isAbandoned whether nobody closed it: the driver did, when the connection was garbage
 * @param openedBy which code opened it, if that is known
 * @since 0.1
 */
public record WireSession(
        long number,
        int pid,
        Duration age,
        boolean isOpen,
        boolean isCut,
        boolean isAbandoned,
        Optional<String> openedBy) {}
