// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.chaostest.postgres.server.fault;

import org.jspecify.annotations.NullMarked;
