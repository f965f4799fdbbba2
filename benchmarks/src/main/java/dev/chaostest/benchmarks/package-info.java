// SPDX-License-Identifier: Apache-2.0
/**
 * What the library costs. Each class measures one thing; {@link dev.chaostest.benchmarks.SideBySide} compares its ways
 * with each other.
 */
package dev.chaostest.benchmarks;
