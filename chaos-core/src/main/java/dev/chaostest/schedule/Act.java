// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.schedule;

/** A step of a schedule; on its thread. */
@FunctionalInterface
interface Act {
    void run() throws Exception;
}
