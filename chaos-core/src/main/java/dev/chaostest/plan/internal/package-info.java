// SPDX-License-Identifier: Apache-2.0
/** What every package that reads names uses; not for users. */
@NullMarked
package dev.chaostest.plan.internal;

import org.jspecify.annotations.NullMarked;
