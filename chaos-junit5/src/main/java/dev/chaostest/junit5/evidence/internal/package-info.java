// SPDX-License-Identifier: Apache-2.0
/** What a red test leaves for a person to read: taken when it fails, written when it is known to have failed; not for users. */
@NullMarked
package dev.chaostest.junit5.evidence.internal;

import org.jspecify.annotations.NullMarked;
