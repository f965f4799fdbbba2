// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.cluster;

import dev.chaostest.plan.ChaosException;
import java.util.List;

/** Closes all there is, whatever one of them throws. */
final class Closing {

    private Closing() {}

    static void all(List<? extends AutoCloseable> resources, int port) {
        ChaosException first = null;
        for (AutoCloseable resource : resources) {
            try {
                resource.close();
            } catch (Exception e) {
                if (first == null) {
                    first = new ChaosException("The cluster of the server on port " + port
                            + " must be closed, but one of its servers was not: " + e
                            + ". What it left may still be there; see the cause.", e);
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
