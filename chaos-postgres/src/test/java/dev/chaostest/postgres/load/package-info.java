// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.chaostest.postgres.load;

import org.jspecify.annotations.NullMarked;
