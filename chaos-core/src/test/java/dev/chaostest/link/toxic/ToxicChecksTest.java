// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.toxic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.Trigger;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ToxicChecksTest {

    private static final Duration NEGATIVE = Duration.ofMillis(-1);

    @Test
    void aBandwidthLetsSomethingThrough() {
        refused(
                () -> new Bandwidth(0),
                "bandwidth must be at least 1 byte per second, but was 0. To let nothing through, use a BlackHole, or hold "
                        + "the link.");
    }

    @Test
    void aLimitIsNotNegative() {
        refused(
                () -> new LimitData(-1),
                "limit must not be negative, but was -1 bytes. To close at the first byte, use 0.");
    }

    @Test
    void aSlicerCutsFromASmallestToAGreatest() {
        String message =
                "slicer must cut pieces of 1 byte or more, from a smallest to a greatest, but was to cut from %s. "
                        + "Give the smaller number first.";
        refused(() -> new Slicer(0, 5, Duration.ZERO), message.formatted("0 to 5"));
        refused(() -> new Slicer(5, 4, Duration.ZERO), message.formatted("5 to 4"));
        refused(
                () -> new Slicer(1, 1, NEGATIVE),
                "slicer must pause for a time of zero or more and at most a day, but was PT-0.001S. For no pause, use "
                        + "Duration.ZERO.");
    }

    @Test
    void aTimeIsPositiveWhereNoneWouldDoNothing() {
        refused(
                () -> new SlowClose(Duration.ZERO),
                "slow close must take a time longer than zero and at most a day, but was PT0S. To close as usual, remove the "
                        + "fault.");
        refused(
                () -> BlackHole.closingAfter(Duration.ZERO),
                "black hole must close after a time longer than zero and at most a day, but was PT0S. To close at once, use "
                        + "CloseAfter.now().");
        refused(
                () -> Latency.of(Duration.ZERO),
                "delay must be longer than zero and at most a day, but was PT0S. To inject no delay, remove the fault.");
    }

    @Test
    void aTimeIsNotNegativeOrEndless() {
        refused(
                () -> Reset.after(NEGATIVE),
                "reset must come after a time of zero or more and at most a day, but was PT-0.001S. To reset at once, use "
                        + "Reset.now().");
        refused(
                () -> new CloseAfter(Duration.ofDays(2)),
                "close must come after a time of zero or more and at most a day, but was PT48H. To close at once, use "
                        + "CloseAfter.now().");
    }

    @Test
    void aProbabilityIsOne() {
        refused(
                () -> Loss.of(0),
                "loss must have a probability above 0 and at most 1, but had 0.0. To lose nothing, remove the fault.");
        refused(
                () -> Corruption.perByte(1.1),
                "corruption must have a probability above 0 and at most 1, but had 1.1. To corrupt nothing, remove the "
                        + "fault.");
        refused(
                () -> Corruption.perByte(Double.NaN),
                "corruption must have a probability above 0 and at most 1, but had NaN. To corrupt nothing, remove the "
                        + "fault.");
    }

    @Test
    void bytesAreCountedFromOne() {
        String message = "corruption must be of byte 1 or a later one, but was of %d. Bytes are counted from 1.";
        refused(() -> Corruption.ofByte(0), message.formatted(0));
        refused(() -> new Corruption(1, -1), message.formatted(-1));
        refused(
                () -> new Loss(0.5, 0),
                "loss must be of pieces of 1 byte or more, but was of 0 bytes. Use 1460 for what a packet holds.");
    }

    @Test
    void aLinkIsNamedWithoutBlanks() {
        refused(
                () -> LinkTarget.of("my bank"),
                "link must have a name without blanks, but was \"my bank\". Use for example \"bank\".");
        refused(
                () -> LinkTarget.of(""),
                "link must have a name without blanks, but was \"\". Use for example \"bank\".");
    }

    @Test
    void aRefusalIsAboutNewConnections() {
        assertThatThrownBy(() -> Rule.of(LinkTarget.toServer("bank"), Trigger.always(), new Refuse()))
                .isInstanceOf(ChaosException.class)
                .hasMessage(
                        "a refusal must be about the new connections of a link, but was about link:bank toServer. Use "
                                + "LinkTarget.of(\"bank\").");
        assertThatThrownBy(() -> Rule.of(LinkTarget.of("bank").liveOnly(), Trigger.always(), new Refuse()))
                .isInstanceOf(ChaosException.class)
                .hasMessage("a refusal must be about the new connections of a link, but was about link:bank, live "
                        + "connections only. Use LinkTarget.of(\"bank\").");
    }

    @Test
    void anyTargetOfTheSeamWillDo() {
        assertThat(Rule.of(Target.seam("link"), Trigger.nth(1), new Refuse()))
                .hasToString("refusal at every link site, hit 1");
    }

    @Test
    void eachSaysWhatItDoesInTheUsersWords() {
        assertThat(Afflicted.all())
                .extracting(Afflicted::toString)
                .containsExactly(
                        "latency of 200ms",
                        "latency of 100ms to 300ms",
                        "bandwidth of 100 bytes/s",
                        "slices of 1 to 3 bytes, 1ms apart",
                        "slices of 2 bytes",
                        "slow close of 200ms",
                        "black hole",
                        "black hole that closes after 200ms",
                        "reset",
                        "reset after 200ms",
                        "close",
                        "close after 200ms",
                        "limit of 3 bytes",
                        "loss of pieces of 1460 bytes with probability 1.0",
                        "loss of pieces of 1 byte with probability 0.5",
                        "wrong bits with probability 0.5 per byte",
                        "one wrong bit in byte 2",
                        "refusal");
    }

    private static void refused(ThrowingCallable making, String message) {
        assertThatThrownBy(making).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }
}
