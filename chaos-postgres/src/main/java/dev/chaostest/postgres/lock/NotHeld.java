// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.lock;

import dev.chaostest.postgres.monitor.Activity;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** What a dry run holds: nothing. */
final class NotHeld implements LockHolder {

    private final LockRequest request;
    private final AtomicBoolean active = new AtomicBoolean(true);

    NotHeld(LockRequest request) {
        this.request = request;
    }

    @Override
    public int pid() {
        return 0;
    }

    @Override
    public LockRequest request() {
        return request;
    }

    @Override
    public List<Activity> waiters() {
        return List.of();
    }

    @Override
    public List<Activity> awaitWaiter() {
        return List.of();
    }

    @Override
    public boolean isActive() {
        return active.get();
    }

    @Override
    public void close() {
        active.set(false);
    }
}
