// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.message;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.When;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A fault that only a message can meet.
 *
 * @since 0.1
 */
public sealed interface MessageFault extends Fault permits Swallow, DropRest, Slice, CorruptByte, CancelOnServer {

    /** The request that is a connection of its own. */
    Site CANCEL_REQUEST = MessageType.CANCEL_REQUEST.site();

    @Override
    default When strikes() {
        return When.BEFORE;
    }

    /** A cancel request has nothing that follows, and no answer. */
    @Override
    default boolean isPossibleAt(Site site) {
        return !site.equals(CANCEL_REQUEST);
    }

    /** What a message must be for this fault, and what to do where it is not. */
    String demand();

    /**
     * Refuses what is no message, and messages of which none can meet it.
     *
     * @throws ChaosException if no message of the target can
     */
    @Override
    default void requirePossibleAt(Target target) {
        if (!target.seam().equals(CANCEL_REQUEST.seam())) {
            throw new ChaosException("A fault at a message must have a message as its target, but \"" + this
                    + "\" is at " + target + ". Use for example WireTarget.message(\"DataRow\").");
        }
        List<Site> meant = Arrays.stream(MessageType.values())
                .map(MessageType::site)
                .filter(target::matches)
                .toList();
        if (!meant.isEmpty() && meant.stream().noneMatch(this::isPossibleAt)) {
            throw new ChaosException("\"" + this + "\" " + demand().replace("{}", target.toString()));
        }
    }

    /** What the seam reports when it has done so. */
    String cameBack();

    @Override
    default Optional<String> mustComeBack() {
        return Optional.of(cameBack());
    }
}
