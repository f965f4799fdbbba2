// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.toxic;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.When;

/**
 * Refuses a new connection.
 *
 * <p>The client's connect succeeds, since this machine's kernel answers it before anybody can be asked; then, at once, the
 * connection is reset: "Connection reset" at its first read or write, now and then at the connect itself. The server never
 * hears of it. Open connections are not affected. For a connect that itself fails ("Connection refused"), cut the link.
 *
 * <pre>{@code
 * Rule busy = Rule.of(LinkTarget.of("bank"), Trigger.first(2), new Refuse());
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @since 0.1
 */
public record Refuse() implements Fault {

    @Override
    public When strikes() {
        return When.BEFORE;
    }

    @Override
    public boolean endsTheCall() {
        return true;
    }

    @Override
    public boolean isPossibleAt(Site site) {
        return LinkTarget.isConnect(site);
    }

    @Override
    public void requirePossibleAt(Target target) {
        if (target instanceof LinkTarget link
                && (link.part() != LinkTarget.Part.WHOLE || link.age() == LinkTarget.Age.LIVE)) {
            throw new ChaosException("a refusal must be about the new connections of a link, but was about " + target
                    + ". Use LinkTarget.of(\"" + link.link() + "\").");
        }
    }

    @Override
    public String toString() {
        return "refusal";
    }
}
