// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.lock;

/** Advisory keys that nobody else has: "cdlk", and a number. */
final class StormKeys {

    private static final int CLASS = 0x63646c6b;

    private StormKeys() {}

    static LockRequest of(int number) {
        return LockRequest.advisory(CLASS, number);
    }
}
