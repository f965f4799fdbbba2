// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.chaostest.postgres.integrity;

import org.jspecify.annotations.NullMarked;
