// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import dev.chaostest.link.Hold;
import dev.chaostest.link.Steps;
import dev.chaostest.mount.Round;
import dev.chaostest.mount.Strike.Blow;
import dev.chaostest.plan.Site;
import dev.chaostest.postgres.wire.message.MessageType;
import dev.chaostest.postgres.wire.message.MessageType.From;
import dev.chaostest.postgres.wire.protocol.internal.MessageSites;
import dev.chaostest.postgres.wire.sql.internal.WireSites;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What both directions of one connection know about messages as sites. While no round is armed, nobody is asked. */
final class MessageSeam {

    /** How much of a message that somebody looks for is seen before it is decided about. */
    static final int SEEN_MAX = 16 * 1024;

    /** They come when they like, and nobody waits for them. */
    private static final Set<Site> UNASKED = Set.of(
            MessageType.NOTICE_RESPONSE.site(),
            MessageType.NOTIFICATION_RESPONSE.site(),
            MessageType.PARAMETER_STATUS.site());

    private final Session session;
    private final MessageSites sites = new MessageSites();
    private final EnumSet<From> dropped = EnumSet.noneOf(From.class);

    /** What unregisters the ends of a connection that is not ready, and of one that will never be. */
    private final List<Runnable> notReady = new ArrayList<>();

    private final List<Runnable> forGood = new ArrayList<>();
    private @Nullable Round wanted;
    private boolean asking;

    /** The client waited for an answer when something began to lead nowhere. */
    private boolean answerDropped;

    MessageSeam(Session session) {
        this.session = session;
    }

    /** Looks whether anybody asks for messages, before bytes are fed; answers whether a round is armed. */
    boolean isArmed() {
        Round round = session.round();
        asking = round != null;
        wanted = round != null && round.isWanted(WireSites.SEAM) ? round : null;
        return asking;
    }

    /** Whether a rule can be about this message, or somebody writes it down. */
    boolean isWanted(@Nullable Site site) {
        Round round = wanted;
        return round != null && site != null && round.isWanted(site);
    }

    MessageSites sites() {
        return sites;
    }

    /** Asks the plan about a message; null if nothing strikes. */
    @Nullable
    MessageCall arrives(Site site, From from) {
        Call call = asking ? session.arrives(site, site::name) : null;
        return call == null ? null : new MessageCall(session, this, call, from, UNASKED.contains(site));
    }

    /** Whether the words of one side lead nowhere any more. */
    boolean isDropped(From from) {
        return dropped.contains(from);
    }

    /** Where the steps lead. */
    Steps leading(Steps out) {
        Steps leading = out;
        if (!dropped.isEmpty()) {
            for (From from : dropped) {
                leading = new OneWay(leading, from);
            }
        }
        return leading;
    }

    void drop(From from, Blow blow) {
        dropped.add(from);
        answerDropped |= session.replies().isAnyShown();
        session.filter().drop(from);
        forGood.add(endsWith(blow));
    }

    /** A client may wait for what was swallowed until it is told that the server is ready, or for ever. */
    void swallowed(Blow blow) {
        notReady.add(endsWith(blow));
    }

    /** The client is told that the server is ready. */
    void readyPassed() {
        notReady.forEach(Runnable::run);
        notReady.clear();
    }

    /** The connection has a hole in its stream, so it can't outlive what made it. */
    private Runnable endsWith(Blow blow) {
        Runnable end = session.steps().ender();
        Hold stall = session.hopeless().hold(blow, how -> {});
        session.steps().stall(stall);
        Runnable parked = blow.park(() -> {
            session.ends();
            end.run();
        });
        return () -> {
            stall.release();
            parked.run();
        };
    }

    /** Whether the client waits for an answer; empty if that can't be told from what was said. */
    Optional<Boolean> isAnswerDue() {
        if (answerDropped || !notReady.isEmpty()) {
            return Optional.of(true);
        }
        Replies replies = session.replies();
        return dropped.isEmpty() ? Optional.of(replies.isAnyShown() && !replies.isCopyIn()) : Optional.empty();
    }

    void closed() {
        readyPassed();
        forGood.forEach(Runnable::run);
        forGood.clear();
    }
}
