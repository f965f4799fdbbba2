// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep.internal;

/**
 * What one round did to the tables.
 *
 * @param before what was there before the test method
 * @param delta what is different behind it
 */
public record Course(Image before, Delta delta) {

    public static Course of(Shape shape, Image before, Image after) {
        return new Course(before, Delta.of(shape, before, after));
    }
}
