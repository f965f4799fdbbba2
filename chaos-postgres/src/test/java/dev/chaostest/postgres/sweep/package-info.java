// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.chaostest.postgres.sweep;

import org.jspecify.annotations.NullMarked;
