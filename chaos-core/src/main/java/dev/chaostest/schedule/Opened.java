// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.schedule;

import java.util.concurrent.atomic.AtomicBoolean;

/** A fault that is there, and what ends it; once, whoever comes first. */
final class Opened {

    private final String what;
    private final AutoCloseable end;
    private final AtomicBoolean ended = new AtomicBoolean();

    Opened(String what, AutoCloseable end) {
        this.what = what;
        this.end = end;
    }

    String what() {
        return what;
    }

    void close() throws Exception {
        if (ended.compareAndSet(false, true)) {
            end.close();
        }
    }
}
