// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.benchmarks;

import java.util.List;

/**
 * The ways that a benchmark compares, which take turns: each iteration measures the next one. On a machine that slows down
 * meanwhile all of them slow down.
 */
final class Turns {

    private final List<String> ways;
    private int next;

    Turns(List<String> ways) {
        this.ways = ways;
    }

    String next() {
        return ways.get(next++ % ways.size());
    }
}
