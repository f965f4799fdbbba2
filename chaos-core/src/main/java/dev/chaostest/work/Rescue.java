// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.work;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Ends what is still alive: cancels, interrupts, joins, closes from outside; remembers what was stuck and what stays. */
final class Rescue<R extends AutoCloseable, T> {

    private static final int FRAMES_SHOWN = 20;

    private final Crew<R, T> crew;
    private final List<Hand<R, T>> hands;
    private final Duration grace;
    private final List<Stuck<R, T>> stuck = new ArrayList<>();
    private final List<Thread> helpers = new ArrayList<>();
    private List<Left> left = List.of();
    private boolean interrupted;

    Rescue(Crew<R, T> crew, List<Hand<R, T>> hands) {
        this.crew = crew;
        this.hands = hands;
        this.grace = crew.terms().grace();
    }

    /** A hand that had not ended by the deadline, and where it was. */
    record Stuck<R extends AutoCloseable, T>(Hand<R, T> hand, Hand.Phase phase, String stack) {}

    /** A thread that is alive after everything was tried, and where it is. */
    record Left(String thread, String stack) {}

    List<Stuck<R, T>> stuck() {
        return stuck;
    }

    List<Left> left() {
        return left;
    }

    /** Goes on under an interrupt, and restores the flag. */
    void endAll() {
        // Before the others are let go: one that is about to close is not stuck.
        hands.stream().filter(Hand::isStuck).forEach(hand -> stuck.add(new Stuck<>(hand, hand.phase(), stack(hand))));
        hands.forEach(Hand::dismiss);
        join(helpers("chaos-canceller-", stuck.stream().map(Stuck::hand).toList(), this::cancel));
        stuck.forEach(one -> one.hand().interrupt());
        join(hands);
        List<Hand<R, T>> late = hands.stream().filter(Thread::isAlive).toList();
        join(helpers("chaos-closer-", late, Hand::closeResource));
        join(late);
        left = Stream.concat(hands.stream(), helpers.stream())
                .filter(Thread::isAlive)
                .map(Rescue::left)
                .toList();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void cancel(Hand<R, T> hand) {
        R resource = hand.resource();
        if (resource == null) {
            return;
        }
        try {
            crew.terms().cancel().cancel(resource);
        } catch (Throwable e) {
            crew.trouble(new Trouble(hand.lane(), "cancel", e));
        }
    }

    /** On threads of their own, since an action on something that hangs may hang too. */
    private List<Thread> helpers(String role, List<Hand<R, T>> helped, Consumer<Hand<R, T>> action) {
        List<Thread> started = new ArrayList<>();
        for (Hand<R, T> hand : helped) {
            Thread helper = new Thread(() -> action.accept(hand), role + hand.lane());
            helper.setDaemon(true);
            helper.start();
            started.add(helper);
        }
        helpers.addAll(started);
        return started;
    }

    private void join(List<? extends Thread> threads) {
        long end = System.nanoTime() + grace.toNanos();
        for (Thread thread : threads) {
            long millis = millisUntil(end);
            while (millis > 0 && thread.isAlive()) {
                try {
                    thread.join(millis);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
                millis = millisUntil(end);
            }
        }
    }

    private static long millisUntil(long end) {
        return (end - System.nanoTime() + 999_999) / 1_000_000;
    }

    private static Left left(Thread thread) {
        return new Left(thread.getName(), stack(thread));
    }

    private static String stack(Thread thread) {
        StringBuilder text = new StringBuilder();
        StackTraceElement[] frames = thread.getStackTrace();
        for (int i = 0; i < Math.min(frames.length, FRAMES_SHOWN); i++) {
            text.append("\n    at ").append(frames[i]);
        }
        return text.toString();
    }
}
