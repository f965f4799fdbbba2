// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.toxic;

import static dev.chaostest.link.Ends.pass;
import static dev.chaostest.link.Ends.receive;
import static dev.chaostest.link.Ends.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.link.Ends;
import dev.chaostest.plan.Fault;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One fault, and a conversation in which it strikes.
 *
 * @param fault the fault
 * @param isSurvived whether the connection goes on when it is healed
 * @param talk strikes it on a connection, asserts what the peers see, and returns what depends on the seed
 */
record Afflicted(Fault fault, boolean isSurvived, Talk talk) {

    private static final String LONG = "0123456789".repeat(10);

    /** What is said. */
    interface Talk {
        String in(Conversation conversation) throws Exception;
    }

    @Override
    public String toString() {
        return fault.toString();
    }

    static List<Afflicted> all() {
        return List.of(
                new Afflicted(Latency.of(Duration.ofMillis(200)), true, Afflicted::late),
                new Afflicted(Latency.of(Duration.ofMillis(200), Duration.ofMillis(100)), true, Afflicted::late),
                new Afflicted(new Bandwidth(100), true, Afflicted::late),
                new Afflicted(new Slicer(1, 3, Duration.ofMillis(1)), true, Afflicted::late),
                new Afflicted(new Slicer(2, 2, Duration.ZERO), true, Afflicted::sliced),
                new Afflicted(new SlowClose(Duration.ofMillis(200)), false, Afflicted::closesLate),
                new Afflicted(BlackHole.forEver(), true, Afflicted::swallowed),
                new Afflicted(BlackHole.closingAfter(Duration.ofMillis(200)), false, at -> closed(at, 2)),
                new Afflicted(Reset.now(), false, at -> reset(at, 0)),
                new Afflicted(Reset.after(Duration.ofMillis(200)), false, at -> reset(at, 2)),
                new Afflicted(CloseAfter.now(), false, at -> closed(at, 0)),
                new Afflicted(new CloseAfter(Duration.ofMillis(200)), false, at -> closed(at, 2)),
                new Afflicted(new LimitData(3), false, Afflicted::limited),
                new Afflicted(Loss.of(1), true, Afflicted::swallowed),
                new Afflicted(new Loss(0.5, 1), false, Afflicted::holed),
                new Afflicted(Corruption.perByte(0.5), true, Afflicted::corrupted),
                new Afflicted(Corruption.ofByte(2), true, Afflicted::corrupted),
                new Afflicted(new Refuse(), false, Afflicted::refused));
    }

    private static String late(Conversation at) throws Exception {
        Ends.Both both = at.both();
        send(both.client(), "hello");
        at.time().awaitTimers(1, Conversation.PATIENCE);
        List<Duration> timers = at.time().timers();
        at.time().advance(Duration.ofSeconds(1));
        assertThat(receive(both.server(), 5)).isEqualTo("hello");
        return timers.toString();
    }

    private static String sliced(Conversation at) throws Exception {
        Ends.Both both = at.both();
        at.untilFired(() -> assertThat(pass(both.client(), both.server(), LONG)).isEqualTo(LONG));
        return "";
    }

    private static String closesLate(Conversation at) throws Exception {
        Ends.Both both = at.both();
        send(both.client(), "last");
        at.untilFired(both.client()::shutdownOutput);
        at.time().awaitTimers(1, Conversation.PATIENCE);
        assertThat(receive(both.server(), 4)).isEqualTo("last");
        at.time().advance(Duration.ofMillis(200));
        assertThat(both.server().getInputStream().read()).isEqualTo(-1);
        return "";
    }

    private static String swallowed(Conversation at) throws Exception {
        Ends.Both both = at.both();
        at.untilFired(() -> send(both.client(), "gone"));
        assertThat(both.server().getInputStream().available()).isZero();
        return "";
    }

    private static String closed(Conversation at, int timers) throws Exception {
        Ends.Both both = at.both();
        at.untilFired(() -> pastTimers(at, timers));
        assertThat(both.client().getInputStream().read()).isEqualTo(-1);
        assertThat(both.server().getInputStream().read()).isEqualTo(-1);
        return "";
    }

    private static void pastTimers(Conversation at, int timers) throws InterruptedException {
        if (timers > 0) {
            at.time().awaitTimers(timers, Conversation.PATIENCE);
            at.time().advance(Duration.ofMillis(200));
        }
    }

    private static String reset(Conversation at, int timers) throws Exception {
        Socket client = at.isOpen() ? at.both().client() : at.client();
        Socket server = at.isOpen() ? at.both().server() : at.server();
        at.untilFired(() -> pastTimers(at, timers));
        sawReset(client);
        sawReset(server);
        return "";
    }

    private static void sawReset(@Nullable Socket peer) {
        if (peer == null) { // it saw it when it connected
            return;
        }
        assertThatThrownBy(() -> peer.getInputStream().read())
                .isInstanceOf(SocketException.class)
                .hasMessage("Connection reset");
    }

    private static String limited(Conversation at) throws Exception {
        Ends.Both both = at.both();
        at.untilFired(() -> send(both.client(), "hello"));
        assertThat(receive(both.server(), 100)).isEqualTo("hel");
        assertThat(both.client().getInputStream().read()).isEqualTo(-1);
        return "";
    }

    private static String holed(Conversation at) throws Exception {
        Ends.Both both = at.both();
        send(both.client(), LONG);
        both.client().shutdownOutput();
        String left = receive(both.server(), LONG.length());
        assertThat(left).hasSizeBetween(1, LONG.length() - 1);
        return left;
    }

    private static String corrupted(Conversation at) throws Exception {
        Ends.Both both = at.both();
        String[] seen = new String[1];
        at.untilFired(() -> seen[0] = pass(both.client(), both.server(), LONG));
        int wrong = 0;
        for (int i = 0; i < LONG.length(); i++) {
            int bits = Integer.bitCount(seen[0].charAt(i) ^ LONG.charAt(i));
            assertThat(bits).isLessThanOrEqualTo(1);
            wrong += bits;
        }
        assertThat(wrong).isPositive();
        return seen[0];
    }

    private static String refused(Conversation at) throws Exception {
        Socket client = at.client();
        at.untilFired(() -> {});
        sawReset(client);
        return "";
    }
}
