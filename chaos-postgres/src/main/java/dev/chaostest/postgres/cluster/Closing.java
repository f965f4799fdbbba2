// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.cluster;

import java.util.List;

/** Closes all there is, whatever one of them throws. */
final class Closing {

    private Closing() {}

    static void all(List<Runnable> closes) {
        RuntimeException first = null;
        for (Runnable close : closes) {
            try {
                close.run();
            } catch (RuntimeException e) {
                if (first == null) {
                    first = e;
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
