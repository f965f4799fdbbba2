// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call.elsewhere;

/** Another one. */
public interface Gateway {
    int refund(String account);
}
