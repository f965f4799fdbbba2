// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.functional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.ChaosScope;
import dev.chaostest.Injection;
import dev.chaostest.call.Behavior;
import dev.chaostest.call.Behaviors;
import dev.chaostest.call.Calls;
import dev.chaostest.call.Growth;
import dev.chaostest.call.Recorder;
import dev.chaostest.call.Recording;
import dev.chaostest.call.RecordingWriter;
import dev.chaostest.call.Wrapping;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.ledger.Watch;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Trigger;
import dev.chaostest.time.VirtualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Outside the seam's package, as the code of users is. */
class BehaviorsOfProvidersTest {

    private static final Duration DEADLINE = Duration.ofSeconds(30);

    interface Provider {
        long blockNumber();

        CompletableFuture<Long> later();
    }

    private static final class Node implements Provider {
        @Override
        public long blockNumber() {
            return 100;
        }

        @Override
        public CompletableFuture<Long> later() {
            return CompletableFuture.completedFuture(100L);
        }
    }

    private static final class TooManyRequests extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final long retryAfterMillis;

        TooManyRequests(Duration retryAfter) {
            super("retry after " + retryAfter.toMillis() + " ms");
            retryAfterMillis = retryAfter.toMillis();
        }
    }

    private final VirtualTime time = new VirtualTime();
    private final ExecutorService caller = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "caller");
        thread.setDaemon(true);
        return thread;
    });

    @AfterEach
    void stop() {
        caller.shutdownNow();
    }

    private ChaosScope scope(Behavior behavior) {
        return ChaosScope.open(
                "providers",
                Plan.of(new Seed(77), Rule.of(Calls.to(Provider.class), Trigger.always(), behavior)),
                time);
    }

    @Test
    void aClientThatWaitsAsLongAsItIsToldGetsThrough() {
        try (ChaosScope scope = scope(Behaviors.rateLimit(20, 10, Duration.ofSeconds(1), TooManyRequests::new))) {
            Provider provider = scope.wrap(Provider.class, new Node());
            int refused = 0;
            for (int call = 0; call < 620; call++) {
                try {
                    provider.blockNumber();
                } catch (TooManyRequests e) {
                    refused++;
                    time.advance(Duration.ofMillis(e.retryAfterMillis));
                    assertThat(provider.blockNumber()).isEqualTo(100);
                }
            }
            assertThat(refused).as("every call after the burst").isEqualTo(600);
            assertThat(Duration.ofNanos(time.nanos())).isEqualTo(Duration.ofSeconds(60));
            assertThat(scope.fired()).hasSize(600);
            assertThat(scope.fired().get(0).fault())
                    .hasToString("failure rate limit exceeded, retry after 100ms before the effect");
            scope.verify();
        }
    }

    @Test
    void hangEndsWithItsInjectionAndTheCallGoesOn() throws Exception {
        try (ChaosScope scope = ChaosScope.open("providers", Plan.of(new Seed(77)), time)) {
            Provider provider = scope.wrap(Provider.class, new Node());
            Injection hang = scope.inject(Rule.of(Calls.to(Provider.class), Trigger.always(), Behaviors.hang()));
            Watch hangs = scope.ledger().watch(entry -> entry instanceof LedgerEntry.Fired);
            Future<Long> call = caller.submit(provider::blockNumber);
            hangs.await(DEADLINE);
            time.advance(Duration.ofHours(1));
            assertThat(call.isDone()).isFalse();

            hang.close();
            assertThat(call.get(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(100);
            scope.verify();
        }
    }

    @Test
    void degradingCallerWaitsLongerEachTimeOnTheScopesClock() throws Exception {
        Behavior worn = Behaviors.degrading(Duration.ofSeconds(1), Growth.linear(1), Duration.ofMinutes(1));
        try (ChaosScope scope = scope(worn)) {
            Provider provider = scope.wrap(Provider.class, new Node());
            for (int seconds = 1; seconds <= 3; seconds++) {
                Future<Long> call = caller.submit(provider::blockNumber);
                time.awaitTimers(1, DEADLINE);
                assertThat(time.timers()).containsExactly(Duration.ofSeconds(seconds));
                time.advance(Duration.ofSeconds(seconds));
                assertThat(call.get(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(100);
            }
            scope.verify();
        }
    }

    @Test
    void providersBehaveEachInItsOwnWay() {
        Behavior byProvider = Behaviors.byKey(
                Map.of(
                        "primary", Behaviors.alwaysFail(() -> new IllegalStateException("rate limited")),
                        "lagging", Behaviors.stale("10 blocks behind", block -> (long) block - 10, DEADLINE)),
                Behaviors.healthy());
        try (ChaosScope scope = scope(byProvider)) {
            Provider primary = provider(scope, "primary");
            Provider lagging = provider(scope, "lagging");
            Provider healthy = provider(scope, "healthy");

            assertThatThrownBy(primary::blockNumber).hasMessage("rate limited");
            assertThat(lagging.blockNumber()).isEqualTo(90);
            assertThat(healthy.blockNumber()).isEqualTo(100);
            time.advance(DEADLINE);
            assertThat(lagging.blockNumber()).isEqualTo(100);
            assertThatThrownBy(primary::blockNumber).hasMessage("rate limited");
            scope.verify();
        }
    }

    private static Provider provider(ChaosScope scope, String name) {
        return scope.wrap(Provider.class, new Node(), Wrapping.named(name).keyed(call -> call.name()));
    }

    @Test
    void laterAnswersFailAndChangeWhereTheyAppear() throws Exception {
        Behavior flaky = Behaviors.onAttempt(1)
                .fail(() -> new IllegalStateException("down"))
                .onAttempt(2)
                .value(7L)
                .then()
                .ok();
        try (ChaosScope scope = scope(flaky)) {
            Provider provider = scope.wrap(Provider.class, new Node());
            CompletableFuture<Long> failed = provider.later();
            assertThatThrownBy(() -> failed.get(DEADLINE.toSeconds(), TimeUnit.SECONDS))
                    .hasRootCauseMessage("down");
            assertThat(provider.later().get(DEADLINE.toSeconds(), TimeUnit.SECONDS))
                    .isEqualTo(7);
            assertThat(provider.later().get(DEADLINE.toSeconds(), TimeUnit.SECONDS))
                    .isEqualTo(100);
            scope.verify();
        }
    }

    @Test
    void whatWasRecordedUnderFaultsIsReplayedWithoutThem(@TempDir Path directory) {
        Path path = directory.resolve("provider.jsonl");
        Behavior outage = Behaviors.phases(() -> new IllegalStateException("down"))
                .healthy(1)
                .failed(2);
        try (ChaosScope scope = scope(outage);
                RecordingWriter tape = RecordingWriter.to(path, time)) {
            Provider recorded = Recorder.around(Provider.class, scope.wrap(Provider.class, new Node()), tape);
            assertThat(recorded.blockNumber()).isEqualTo(100);
            assertThatThrownBy(recorded::blockNumber).hasMessage("down");
            assertThatThrownBy(recorded::blockNumber).hasMessage("down");
            assertThat(recorded.blockNumber()).isEqualTo(100);
        }

        Behavior replay = Behaviors.replay(Recording.read(path), (type, message) -> new IllegalStateException(message));
        try (ChaosScope scope = scope(replay)) {
            Provider replayed = scope.wrap(Provider.class, new Node());
            assertThat(replayed.blockNumber()).isEqualTo(100);
            assertThatThrownBy(replayed::blockNumber).hasMessage("down");
            assertThatThrownBy(replayed::blockNumber).hasMessage("down");
            assertThat(replayed.blockNumber()).isEqualTo(100);
            scope.verify();
        }
    }
}
