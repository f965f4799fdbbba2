// SPDX-License-Identifier: Apache-2.0
/** How the annotations work inside; not for users. */
@NullMarked
package dev.chaostest.junit5.internal;

import org.jspecify.annotations.NullMarked;
