// SPDX-License-Identifier: Apache-2.0
/** How faults of a server are brought about, seen and undone; not for users. */
@NullMarked
package dev.chaostest.postgres.server.fault.internal;

import org.jspecify.annotations.NullMarked;
