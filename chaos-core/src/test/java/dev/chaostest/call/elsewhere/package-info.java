// SPDX-License-Identifier: Apache-2.0
/** An interface of the same simple name as another. */
@NullMarked
package dev.chaostest.call.elsewhere;

import org.jspecify.annotations.NullMarked;
