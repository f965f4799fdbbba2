// SPDX-License-Identifier: Apache-2.0
/**
 * What the packages of this module share. Not API.
 */
@NullMarked
package dev.chaostest.postgres.internal;

import org.jspecify.annotations.NullMarked;
