// SPDX-License-Identifier: Apache-2.0
/** How servers are found, unpacked, initialised, run and ended; not for users. */
@NullMarked
package dev.chaostest.postgres.server.internal;

import org.jspecify.annotations.NullMarked;
