// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call.elsewhere;

/** Refunds one. */
public final class RealGateway implements Gateway {
    @Override
    public int refund(String account) {
        return 1;
    }
}
