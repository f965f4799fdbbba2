// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.evidence.internal;

import dev.chaostest.plan.Durations;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks one witness on a thread of its own: what hangs there must not hang the failure, and an interrupt must not reach it. */
final class Inquiry {

    static final String THREAD = "chaos-evidence";

    private final String name;
    private final FutureTask<List<Section>> answer;
    private final Thread thread;

    private Inquiry(String name, Callable<List<Section>> question) {
        this.name = name;
        this.answer = new FutureTask<>(question);
        this.thread = new Thread(answer, THREAD);
        thread.setDaemon(true);
    }

    /** Asks. */
    static Inquiry begin(String name, Callable<List<Section>> question) {
        Inquiry inquiry = new Inquiry(name, question);
        inquiry.thread.start();
        return inquiry;
    }

    /** Waits for the answer, also under an interrupt; never throws. */
    List<Section> await(Duration deadline) {
        long end = System.nanoTime() + deadline.toNanos();
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    return answer.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            return List.of(Section.of(name, "could not be asked: " + e.getCause()));
        } catch (TimeoutException e) {
            thread.interrupt();
            return List.of(Section.of(name, "did not answer within " + Durations.print(deadline)));
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
