// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.schedule;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Something that goes down and comes back, as a link or a process does; it can also be broken in several ways. */
final class Thing implements Victim {

    private final String name;
    final List<String> seen = new CopyOnWriteArrayList<>();
    volatile boolean up = true;
    volatile boolean withoutEffect;
    volatile boolean neverBack;
    volatile boolean probeBroken;
    final AtomicInteger slowProbes = new AtomicInteger();

    Thing(String name) {
        this.name = name;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public AutoCloseable down() {
        seen.add("down");
        up = withoutEffect;
        return () -> {
            seen.add("up");
            up = !neverBack;
        };
    }

    @Override
    public boolean isUp() {
        if (probeBroken) {
            throw new IllegalStateException("no route");
        }
        boolean late = slowProbes.getAndUpdate(left -> Math.max(0, left - 1)) > 0; // until anybody sees a change
        return late != up;
    }

    @Override
    public String toString() {
        return name;
    }
}
