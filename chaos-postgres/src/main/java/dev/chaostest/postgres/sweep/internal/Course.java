// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep.internal;

/**
 * What one round did to the tables.
 *
 * @param shape what there is
 * @param before what was there before the test method
 * @param delta what is different behind it
 */
public record Course(Shape shape, Image before, Delta delta) {

    public static Course of(Shape shape, Image before, Image after) {
        return new Course(shape, before, Delta.of(shape, before, after));
    }
}
