// SPDX-License-Identifier: Apache-2.0
/**
 * A schema for one test: {@link dev.chaostest.postgres.isolation.TestSchema} makes and drops it, {@link
 * dev.chaostest.postgres.isolation.SchemaOptions} says how, {@link dev.chaostest.postgres.isolation.SchemaSweep} removes
 * what killed runs left behind.
 */
@NullMarked
package dev.chaostest.postgres.isolation;

import org.jspecify.annotations.NullMarked;
