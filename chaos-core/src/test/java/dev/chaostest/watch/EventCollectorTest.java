// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.time.VirtualTime;
import dev.chaostest.work.Workers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class EventCollectorTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration AT_ONCE = Duration.ZERO;

    private final Events<Object> events = new Events<>();
    private final ExecutorService executor = Executors.newSingleThreadExecutor();

    @AfterEach
    void end() {
        executor.shutdownNow();
    }

    private record Paid(int order, int amount) {}

    private record Shipped(int order) {}

    @Test
    void whatComesBetweenTheActAndTheWaitIsNotMissed() {
        try (var paid = events.collect(Paid.class)) {
            events.emit(new Paid(7, 100));

            assertThat(paid.await(AT_ONCE)).isEqualTo(new Paid(7, 100));
            assertThat(paid.await(AT_ONCE)).as("nothing is taken away").isEqualTo(new Paid(7, 100));
        }
    }

    @Test
    void whatCameBeforeDoesNotCount() {
        events.emit(new Paid(7, 100));
        try (var paid = events.collect(Paid.class)) {
            assertThatThrownBy(() -> paid.await(AT_ONCE))
                    .isInstanceOf(WatchError.class)
                    .hasMessage("1 event Paid must come within 0us, but none did. Check what the code did instead."
                            + "\n  came     : nothing at all; does the code under test feed this channel?");
        }
    }

    @Test
    void nothingIsSeenOnceItIsClosedAndTwiceIsHarmless() {
        EventCollector<Paid> paid = events.collect(Paid.class);
        paid.close();
        paid.close();
        events.emit(new Paid(7, 100));

        assertThat(paid.events()).isEmpty();
        assertThat(paid).hasToString("collector of Paid, 0 caught");
    }

    @Test
    void waitsForAsManyAsAreAskedFor() throws Exception {
        try (var paid = events.collect(Paid.class)) {
            Future<List<Paid>> waits = executor.submit(() -> paid.await(3, LONG));
            IntStream.range(0, 5).forEach(n -> events.emit(new Paid(n, 1)));

            assertThat(waits.get(30, TimeUnit.SECONDS)).extracting(Paid::order).containsExactly(0, 1, 2);
            assertThat(paid.events()).hasSize(5);
            assertThat(paid.count()).isEqualTo(5);
        }
    }

    @Test
    void onATimeOutTheNearMissesAreListed() {
        try (var paid = events.collect(Paid.class, p -> p.amount() > 50)) {
            events.emit(new Paid(1, 100));
            events.emit(new Paid(2, 50));
            events.emit(new Shipped(1));
            events.emit("a line\nof text");

            assertThatThrownBy(() -> paid.await(2, Duration.ofMillis(5)))
                    .isInstanceOf(WatchError.class)
                    .hasMessage("2 events Paid must come within 5ms, but 1 did. Check what the code did instead."
                            + "\n  caught   : 1: Paid[order=1, amount=100]"
                            + "\n  misses   : 1: Paid[order=2, amount=50]"
                            + "\n  others   : 2: Shipped[order=1]; a line of text");
        }
    }

    @Test
    void ofManyMissesTheLastTenAreListed() {
        try (var paid = events.collect(Paid.class, p -> false)) {
            IntStream.range(0, 12).forEach(n -> events.emit(new Paid(n, 0)));

            assertThatThrownBy(() -> paid.await(AT_ONCE))
                    .hasMessageContaining("\n  misses   : 12: ... Paid[order=2, amount=0]; ")
                    .hasMessageEndingWith("; Paid[order=11, amount=0]");
        }
    }

    @Test
    void aPredicateThatThrowsFailsTheTestAndNotTheOneWhoEmits() {
        try (var missing =
                events.collect(Map.class, event -> event.get("provider").equals("a"))) {
            assertThatCode(() -> events.emit(Map.of("other", "b"))).doesNotThrowAnyException();
            events.emit(Map.of("provider", "a"));

            assertThatThrownBy(() -> missing.await(LONG))
                    .as("although one came that is as asked for")
                    .isInstanceOf(ChaosException.class)
                    .hasCauseInstanceOf(NullPointerException.class)
                    .hasMessageStartingWith("The predicate of a collector must answer for every event Map, but threw "
                            + "java.lang.NullPointerException")
                    .hasMessageEndingWith(" for {other=b}. Correct the predicate.");
        }
    }

    @Test
    void aPredicateThatThrowsWhileSomebodyWaitsEndsTheWait() throws Exception {
        AssertionError bug = new AssertionError("an assertion in a predicate");
        VirtualTime still = new VirtualTime();
        Events<String> slow = new Events<>(still);
        var strange = slow.collect(String.class, text -> {
            throw bug;
        });
        Future<Object> waits = executor.submit(() -> strange.await(LONG));
        still.awaitTimers(1, LONG);
        slow.emit("it");

        assertThatThrownBy(() -> waits.get(30, TimeUnit.SECONDS))
                .cause()
                .isInstanceOf(ChaosException.class)
                .hasCause(bug);
        strange.close(); // the test knows already
    }

    @Test
    void aPredicateThatThrewFailsATestThatNeverWaits() {
        EventCollector<String> strange = events.collect(String.class, text -> text.charAt(5) == 'x');
        events.emit("short");

        assertThatThrownBy(strange::close).isInstanceOf(ChaosException.class);
        assertThatCode(strange::close).as("told once").doesNotThrowAnyException();
    }

    @Test
    void severalAreWaitedForInWhateverOrder() throws Exception {
        try (var paid = events.collect(Paid.class);
                var shipped = events.collect(Shipped.class);
                var text = events.collect(String.class, "done"::equals)) {
            events.emit("done");
            events.emit(new Shipped(1));
            Future<?> waits = executor.submit(() -> EventCollector.awaitAll(LONG, paid, shipped, text));
            events.emit(new Paid(1, 1));

            assertThat(waits.get(30, TimeUnit.SECONDS)).isNull();
        }
    }

    @Test
    void ofSeveralTheMessageIsAboutThoseThatDidNotCome() {
        try (var paid = events.collect(Paid.class, p -> p.amount() > 50);
                var shipped = events.collect(Shipped.class);
                var text = events.collect(String.class)) {
            events.emit(new Shipped(1));
            events.emit(new Paid(1, 1));

            assertThatThrownBy(() -> EventCollector.awaitAll(AT_ONCE, paid, shipped, text))
                    .isInstanceOf(WatchError.class)
                    .hasMessage(
                            "Events Paid, Shipped, String must all come within 0us, but Paid, String did not. Check what "
                                    + "the code did instead."
                                    + "\n  Paid"
                                    + "\n    misses   : 1: Paid[order=1, amount=1]"
                                    + "\n    others   : 1: Shipped[order=1]"
                                    + "\n  String"
                                    + "\n    others   : 2: Shipped[order=1]; Paid[order=1, amount=1]");
        }
        assertThatThrownBy(() -> EventCollector.awaitAll(AT_ONCE))
                .hasMessage(
                        "There must be a collector to wait for, but there is none. Attach them first, and name them "
                                + "here.");
    }

    @Test
    void aWindowCollectsWhatComesUntilItsEnd() throws Exception {
        VirtualTime time = new VirtualTime();
        Events<Integer> numbers = new Events<>(time);
        try (var all = numbers.collect(Integer.class)) {
            numbers.emit(1);
            Future<List<Integer>> waits = executor.submit(() -> all.collectFor(Duration.ofSeconds(1)));
            time.awaitTimers(1, LONG);
            numbers.emit(2);
            time.advance(Duration.ofMillis(999));
            numbers.emit(3);
            assertThat(waits).isNotDone();
            time.advance(Duration.ofMillis(1));

            assertThat(waits.get(30, TimeUnit.SECONDS)).startsWith(1, 2, 3);
        }
    }

    @Test
    void aWindowEndsEarlyOnceThereAreEnough() throws Exception {
        VirtualTime still = new VirtualTime();
        Events<Integer> numbers = new Events<>(still);
        try (var all = numbers.collect(Integer.class)) {
            Future<List<Integer>> waits = executor.submit(() -> all.collectFor(Duration.ofSeconds(1), 2));
            still.awaitTimers(1, LONG);
            numbers.emit(1);
            numbers.emit(2);

            assertThat(waits.get(30, TimeUnit.SECONDS)).containsExactly(1, 2);
            assertThat(still.timers()).isEmpty();
            assertThat(all.collectFor(AT_ONCE, 5)).as("fewer if no more came").containsExactly(1, 2);
        }
    }

    @Test
    void rapidEmissionReachesEachCollectorExactlyOnce() throws InterruptedException {
        int each = 1_000;
        try (var all = events.collect(Paid.class);
                var even = events.collect(Paid.class, p -> p.amount() % 2 == 0)) {
            Workers.of(4)
                    .run(worker -> IntStream.range(0, each).forEach(n -> events.emit(new Paid(worker.index(), n))));

            List<Paid> caught = all.await(4 * each, AT_ONCE);
            assertThat(caught).doesNotHaveDuplicates().hasSize(4 * each);
            assertThat(even.events()).hasSize(2 * each);
            for (int worker = 0; worker < 4; worker++) {
                int mine = worker;
                assertThat(caught.stream().filter(p -> p.order() == mine).map(Paid::amount))
                        .as("in the order of each who emits")
                        .isSorted();
            }
        }
    }

    @Test
    void manyWaitOnOneCollector() throws InterruptedException {
        try (var paid = events.collect(Paid.class)) {
            var seen = Workers.of(4).call(worker -> {
                if (worker.index() == 0) {
                    IntStream.range(0, 3).forEach(n -> events.emit(new Paid(n, n)));
                }
                return paid.await(worker.index() == 0 ? 1 : worker.index(), LONG)
                        .size();
            });

            assertThat(seen.values()).containsExactly(1, 1, 2, 3);
        }
    }

    @Test
    void collectorsComeAndGoWhileEventsFlow() throws InterruptedException {
        Workers.of(4).run(worker -> {
            for (int n = 0; n < 200; n++) {
                if (worker.index() == 0) {
                    events.emit("tick");
                    continue;
                }
                String mine = worker.index() + " " + n;
                try (var own = events.collect(String.class, mine::equals)) {
                    events.emit(mine);
                    assertThat(own.await(LONG)).isEqualTo(mine);
                    assertThat(own.count()).isEqualTo(1);
                }
            }
        });
    }

    @Test
    void moreThanAreKeptAreCounted() {
        try (var all = events.collect(Integer.class)) {
            IntStream.range(0, 10_005).forEach(events::emit);

            assertThat(all.count()).isEqualTo(10_005);
            assertThat(all.events()).hasSize(10_000).last().isEqualTo(9_999);
        }
    }

    @Test
    void mistakesAreRefused() {
        try (var all = events.collect(Object.class)) {
            assertThatThrownBy(() -> all.await(0, LONG))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "The number of events must be from 1 to 10000, but was 0. Use Eventually.never for what must "
                                    + "not come.");
            assertThatThrownBy(() -> all.await(Duration.ofSeconds(-1))).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> events.emit(null)).isInstanceOf(NullPointerException.class);
            assertThat(all.events()).allMatch(Objects::nonNull).isEmpty();
        }
    }
}
