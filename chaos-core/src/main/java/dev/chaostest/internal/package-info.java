// SPDX-License-Identifier: Apache-2.0
/** How the door works inside; not for users. */
@NullMarked
package dev.chaostest.internal;

import org.jspecify.annotations.NullMarked;
