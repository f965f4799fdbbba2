// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.internal;

import dev.chaostest.link.toxic.Draws;
import dev.chaostest.link.toxic.LinkTarget.Part;
import dev.chaostest.link.toxic.Toxic;
import dev.chaostest.mount.Pending;
import dev.chaostest.time.TimeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/** One toxic on one connection: its stages in one direction or both, from when the connection is there to its healing. */
final class Affliction {

    private final Pending pending;
    private final Toxic toxic;
    private final Part part;
    private final TimeSource time;
    private final Runnable struck;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Runnable> undo = new ArrayList<>();
    private final Runnable unpark;
    private boolean lifted;

    Affliction(Pending pending, Toxic toxic, Part part, TimeSource time, String text) {
        this.pending = pending;
        this.toxic = toxic;
        this.part = part;
        this.time = time;
        this.struck = () -> pending.struck(text);
        this.unpark = pending.park(this::lift);
    }

    /** The connection is there. */
    void begin(Pump toServer, Pump toClient) {
        if (part != Part.TO_CLIENT) {
            begin(toServer, 0);
        }
        if (part != Part.TO_SERVER) {
            begin(toClient, 1);
        }
    }

    private void begin(Pump pump, int direction) {
        Slot slot = new Slot(toxic.stage(new Draws(pending.draw(), direction)), time, pump, struck, name());
        if (undoLater(() -> pump.flow().remove(slot))) {
            slot.begin();
            pump.flow().add(slot);
        }
    }

    private String name() {
        return "there was a " + toxic + " at " + pending.hit().site();
    }

    /** Registered before it is done, so that it is taken out however early it heals. */
    private boolean undoLater(Runnable how) {
        lock.lock();
        try {
            undo.add(how);
            return !lifted;
        } finally {
            lock.unlock();
        }
    }

    boolean isLifted() {
        lock.lock();
        try {
            return lifted;
        } finally {
            lock.unlock();
        }
    }

    /** Heals: what was held goes on. */
    void lift() {
        List<Runnable> all;
        lock.lock();
        try {
            lifted = true;
            all = List.copyOf(undo);
            undo.clear();
        } finally {
            lock.unlock();
        }
        all.forEach(Runnable::run);
    }

    /** The connection is gone. */
    void forget() {
        unpark.run();
        lift();
    }
}
