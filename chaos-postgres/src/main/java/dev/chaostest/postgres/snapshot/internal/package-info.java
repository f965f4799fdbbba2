// SPDX-License-Identifier: Apache-2.0
/** How the rows and definitions of a schema are digested on the server, kept, and compared; not for users. */
@NullMarked
package dev.chaostest.postgres.snapshot.internal;

import org.jspecify.annotations.NullMarked;
