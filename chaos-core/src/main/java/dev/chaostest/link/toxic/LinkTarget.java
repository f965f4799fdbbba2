// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.toxic;

import dev.chaostest.plan.Detail;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Target;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Connections of a link: both directions or one, live ones, new ones, or both.
 *
 * <p>The n-th hit is the n-th connection. A fault in both directions is decided once for both.
 *
 * <pre>{@code
 * Rule slow = Rule.of(LinkTarget.toClient("bank"), Trigger.nth(2), Latency.of(Duration.ofMillis(200)));
 * Rule lost = Rule.of(LinkTarget.of("bank").liveOnly(), Trigger.always(), Reset.now());
 * }</pre>
 *
 * <p>Sites: {@code link:bank connect}, where a client arrives; {@code link:bank}, the connection as a whole;
 * {@code link:bank toServer}; {@code link:bank toClient}. Immutable, safe for use by many threads.
 *
 * @param link the link's name
 * @param part which part of a connection
 * @param age which connections
 * @since 0.1
 */
public record LinkTarget(String link, Part part, Age age) implements Target {

    /** The seam's short name. */
    public static final String SEAM = "link";

    private static final String CONNECT = " connect";

    /** A part of a connection. */
    public enum Part {
        /** Both directions, or where a client arrives. */
        WHOLE(""),
        /** From the client to the server. */
        TO_SERVER(" toServer"),
        /** From the server to the client. */
        TO_CLIENT(" toClient");

        private final String suffix;

        Part(String suffix) {
            this.suffix = suffix;
        }

        /** Its site. */
        public Site of(String link) {
            return new Site(SEAM, link + suffix);
        }
    }

    /** How old a connection is when a rule first looks at it. */
    public enum Age implements Detail {
        /** Of any age. */
        ANY(""),
        /** Open before the rule was there. */
        LIVE(", live connections only"),
        /** Opened later than the rule. */
        NEW(", new connections only");

        private final String text;

        Age(String text) {
            this.text = text;
        }

        @Override
        public @Nullable String key() {
            return null;
        }
    }

    public LinkTarget {
        Objects.requireNonNull(part, "part");
        Objects.requireNonNull(age, "age");
        requireName(link);
    }

    /** All connections of a link, in both directions. */
    public static LinkTarget of(String link) {
        return new LinkTarget(link, Part.WHOLE, Age.ANY);
    }

    /** What goes from clients to the server. */
    public static LinkTarget toServer(String link) {
        return new LinkTarget(link, Part.TO_SERVER, Age.ANY);
    }

    /** What goes from the server to clients. */
    public static LinkTarget toClient(String link) {
        return new LinkTarget(link, Part.TO_CLIENT, Age.ANY);
    }

    /** As this target, but only connections that are open before the rule is there. */
    public LinkTarget liveOnly() {
        return new LinkTarget(link, part, Age.LIVE);
    }

    /** As this target, but only connections that are opened when the rule is there. */
    public LinkTarget newOnly() {
        return new LinkTarget(link, part, Age.NEW);
    }

    /** Where a client of the link arrives. */
    public static Site connect(String link) {
        return new Site(SEAM, link + CONNECT);
    }

    static boolean isConnect(Site site) {
        return site.seam().equals(SEAM) && site.name().endsWith(CONNECT);
    }

    /** Refuses a name that can't be told from a part of another link. */
    public static void requireName(String link) {
        if (link.isEmpty() || link.chars().anyMatch(Character::isWhitespace)) {
            throw new IllegalArgumentException(
                    "link must have a name without blanks, but was \"" + link + "\". Use for example \"bank\".");
        }
    }

    @Override
    public String seam() {
        return SEAM;
    }

    @Override
    public boolean matches(Site site) {
        return site.equals(part.of(link)) || (part == Part.WHOLE && site.equals(connect(link)));
    }

    @Override
    public boolean covers(Detail detail) {
        return age == Age.ANY || age == detail;
    }

    @Override
    public String toString() {
        return part.of(link) + age.text;
    }
}
