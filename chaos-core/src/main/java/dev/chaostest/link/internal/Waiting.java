// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.internal;

import org.jspecify.annotations.Nullable;

/** Whether the client of one connection waits for what a fault keeps without end. */
final class Waiting {

    private final Pump toServer;
    private final Pump toClient;
    private final Talk talk;
    private final Admission admission;

    Waiting(Pump toServer, Pump toClient, Talk talk, Admission admission) {
        this.toServer = toServer;
        this.toClient = toClient;
        this.talk = talk;
        this.admission = admission;
    }

    Talk talk() {
        return talk;
    }

    /**
     * What keeps the client waiting; null if nothing of ours does. Takes the locks of the flows and of what stands in the way.
     *
     * @param outage what is wrong with the whole link
     */
    @Nullable
    String because(String outage) {
        if (talk.hasLeft()) {
            return null;
        }
        String back = because(toClient, outage);
        String there = because(toServer, outage);
        String why = there == null ? back : there;
        return why != null && isAwaited(back != null) ? why : null;
    }

    /** Whether it waits for the server to be reached. */
    boolean isConnecting() {
        return admission.isAwaited(toServer);
    }

    private static @Nullable String because(Pump pump, String outage) {
        if (pump.sluice().isStuck()) {
            return Sluice.HOLD;
        }
        return pump.flow().keeper(outage);
    }

    private boolean isAwaited(boolean answerIsKept) {
        return switch (toServer.sluice().turn()) {
            case UNKNOWN -> talk.isUnanswered() || (answerIsKept && talk.heard() == 0);
            case CLIENT -> false;
            case ANSWERED -> answerIsKept;
            case SERVER -> true;
        };
    }
}
