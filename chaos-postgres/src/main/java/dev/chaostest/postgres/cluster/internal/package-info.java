// SPDX-License-Identifier: Apache-2.0
/** How a running server is copied, configured and asked; not for users. */
@NullMarked
package dev.chaostest.postgres.cluster.internal;

import org.jspecify.annotations.NullMarked;
