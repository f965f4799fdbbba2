// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

import dev.chaostest.link.internal.Onward;
import dev.chaostest.link.internal.Sluice;
import dev.chaostest.link.toxic.Signal;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a link's connection, with a filter in it.
 *
 * <p>While the filter passes everything on, the thread that reads writes too, and nothing is copied. What waits, and what the
 * filter says on occasion of the other direction, goes on by a thread of this direction: so none ever waits for the peer of
 * the other one. At most {@value #KEPT_MAX} bytes wait; then nothing more is read.
 */
final class FilteredWay implements Sluice {

    private static final int KEPT_MAX = 1 << 20;

    private final Filtering filtering;
    private final Side side;
    private final Onward onward;

    /** Held by who sends, from where it takes what is next to where that is written: so the order is kept. */
    private final ReentrantLock turn = new ReentrantLock();

    /** Whether the last that came was an answer; as the filter, under its lock. */
    private boolean answers;

    private final AtomicBoolean draining = new AtomicBoolean();
    private @Nullable FilteredWay other;

    private FilteredWay(Filtering filtering, Side side, Onward onward) {
        this.filtering = filtering;
        this.side = side;
        this.onward = onward;
    }

    /** Both directions of a connection. */
    static Pair pair(Filter filter, LongSupplier nanoClock, Onward toServer, Onward toClient) {
        Filtering filtering = new Filtering(filter, nanoClock);
        FilteredWay there = new FilteredWay(filtering, filtering.toServer, toServer);
        FilteredWay back = new FilteredWay(filtering, filtering.toClient, toClient);
        there.other = back;
        back.other = there;
        filtering.endedBy(toClient::close);
        filtering.leadsToClient(toClient::isDirect);
        return new Pair(there, back);
    }

    @Override
    public boolean take(byte[] bytes, int length) throws IOException, InterruptedException {
        boolean goesOn;
        turn.lock();
        try {
            int asItIs = feed(bytes, length);
            try {
                goesOn = (asItIs == 0 || forward(bytes, 0, asItIs)) && sendDue();
            } finally {
                takeBack();
            }
        } finally {
            turn.unlock();
        }
        leaveTheRest();
        return goesOn && awaitRoom();
    }

    /** Shows it to the filter; answers how much of its begin goes on as it is. */
    private int feed(byte[] bytes, int length) {
        filtering.lock.lock();
        try {
            answers = side == filtering.toClient && filtering.isAnswerDue().orElse(false);
            filtering.feed(side, side.begin(bytes, 0, length, true));
            return asItIs(bytes);
        } finally {
            side.decided();
            filtering.changed.signalAll();
            filtering.lock.unlock();
        }
    }

    /** Where a cut follows, the client's last word takes the way through the backlog, which sees to its time. */
    private int asItIs(byte[] bytes) {
        int length = side.lent.staying();
        if (length > 0 && side == filtering.toClient && filtering.cutAsked() != null) {
            side.backlog.addFirst(Arrays.copyOf(bytes, length));
            return 0;
        }
        return length;
    }

    /** The reader wants its array for what comes next. */
    private void takeBack() {
        if (!side.backlog.isEmpty()) {
            filtering.lock.lock();
            try {
                side.backlog.own();
            } finally {
                filtering.lock.unlock();
            }
        }
    }

    @Override
    public void take(Signal signal) throws IOException, InterruptedException {
        filtering.sourceEnded(side, signal);
        turn.lock();
        try {
            sendDue();
        } finally {
            turn.unlock();
        }
        leaveTheRest();
    }

    /** Sends what may go; false if that was the last. For who has the turn. */
    private boolean sendDue() throws IOException, InterruptedException {
        for (Backlog.Piece piece = poll(); piece != null; piece = poll()) {
            if (!forward(piece.array(), piece.from(), piece.length())) {
                return false;
            }
        }
        if (side.backlog.isEmpty()) {
            return true;
        }
        Signal last = filtering.takeEnd(side);
        if (last != null) {
            onward.forward(last);
            over();
        }
        return last == null;
    }

    private boolean forward(byte[] bytes, int from, int length) throws IOException, InterruptedException {
        boolean goesOn = onward.forward(bytes, from, length);
        if (!goesOn) {
            over();
        }
        return goesOn;
    }

    private Backlog.@Nullable Piece poll() {
        if (side.backlog.isEmpty()) {
            return null;
        }
        filtering.lock.lock();
        try {
            if (side.backlog.bytes() > KEPT_MAX) { // who waits for room looks when the lock is free
                filtering.changed.signalAll();
            }
            return filtering.poll(side);
        } finally {
            filtering.lock.unlock();
        }
    }

    /** What can't be sent here and now is for another thread to send. */
    private void leaveTheRest() {
        needDrainer();
        FilteredWay opposite = other;
        if (opposite != null) {
            opposite.needDrainer();
        }
    }

    private void needDrainer() {
        if (!side.backlog.isEmpty() && !filtering.isOver(side) && draining.compareAndSet(false, true)) {
            onward.needDrainer(this);
        }
    }

    /** False if nothing goes this way any more. */
    private boolean awaitRoom() throws InterruptedException {
        if (side.backlog.isEmpty()) {
            return true;
        }
        filtering.lock.lockInterruptibly();
        try {
            while (side.backlog.bytes() > KEPT_MAX && !filtering.isOver(side) && !filtering.isGone()) {
                filtering.changed.await();
            }
            return !filtering.isOver(side);
        } finally {
            filtering.lock.unlock();
        }
    }

    @Override
    public void drain() throws IOException, InterruptedException {
        while (awaitDue()) {
            turn.lock();
            try {
                if (!sendDue()) {
                    break;
                }
            } finally {
                turn.unlock();
            }
            leaveTheRest();
        }
        leaveTheRest();
    }

    /** Waits until there is something to send; false if nothing more will be sent. */
    private boolean awaitDue() throws InterruptedException {
        filtering.lock.lockInterruptibly();
        try {
            // One look at the clock for both questions: between two of them a hold may end, and nobody would tell.
            for (long now = filtering.now();
                    !filtering.isOver(side) && !filtering.isDue(side, now);
                    now = filtering.now()) {
                long held = side.backlog.held(now);
                filtering.changed.await(held > 0 ? held : Long.MAX_VALUE, TimeUnit.NANOSECONDS);
            }
            return !filtering.isOver(side);
        } finally {
            filtering.lock.unlock();
        }
    }

    @Override
    public Turn turn() {
        filtering.lock.lock();
        try {
            FilteredWay back = side == filtering.toClient ? this : other;
            Turn clients = back != null && back.answers ? Turn.ANSWERED : Turn.CLIENT;
            return filtering
                    .isAnswerDue()
                    .map(due -> due ? Turn.SERVER : clients)
                    .orElse(Turn.UNKNOWN);
        } finally {
            filtering.lock.unlock();
        }
    }

    @Override
    public boolean isStuck() {
        filtering.lock.lock();
        try {
            Hold next = side.backlog.front(filtering.now());
            return (next != null && next.isUntilHopeless()) || filtering.isStalled();
        } finally {
            filtering.lock.unlock();
        }
    }

    /** As in {@link Duplex#givenUp}: what waited must not go on now. */
    @Override
    public void giveUp() {
        filtering.lock.lock();
        try {
            Hold next = side.backlog.front(filtering.now());
            if (next != null && next.isUntilHopeless()) {
                next.giveUp();
                side.backlog.dropAll();
            }
            filtering.stalls.forEach(Hold::giveUp);
        } finally {
            filtering.lock.unlock();
        }
    }

    @Override
    public void over() {
        filtering.over(side);
    }

    @Override
    public void gone() {
        filtering.gone();
        over();
    }
}
