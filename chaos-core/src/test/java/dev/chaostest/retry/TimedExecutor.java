// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.retry;

import dev.chaostest.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** A scheduler that goes by a time source: what a user's library schedules needs no real time. */
final class TimedExecutor extends AbstractExecutorService implements ScheduledExecutorService {

    private final TimeSource time;

    TimedExecutor(TimeSource time) {
        this.time = time;
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // resilience4j looks at no future of its scheduler, either
    public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
        time.timer(Duration.ofNanos(unit.toNanos(delay))).thenRun(command);
        return null;
    }

    @Override
    public void execute(Runnable command) {
        command.run();
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable command, long initialDelay, long period, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable command, long initialDelay, long delay, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void shutdown() {}

    @Override
    public List<Runnable> shutdownNow() {
        return List.of();
    }

    @Override
    public boolean isShutdown() {
        return false;
    }

    @Override
    public boolean isTerminated() {
        return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return false;
    }
}
