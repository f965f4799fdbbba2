// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.chaostest.postgres.server.internal;

import org.jspecify.annotations.NullMarked;
