// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.w3c.dom.Document;

class WaitGraphTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private static WaitGraph graph(Activity... sessions) {
        return new ServerState(NOW, "18.0", "bank", "app", false, true, List.of(sessions), List.of(), List.of())
                .waitGraph();
    }

    private static Activity session(int pid, String application, String query, Integer... blockedBy) {
        return new Activity(
                pid,
                Optional.of(NOW),
                "bank",
                "app",
                application,
                Optional.of("client backend"),
                Optional.of("active"),
                Optional.of(NOW),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                query,
                Optional.empty(),
                Optional.empty(),
                List.of(blockedBy));
    }

    private static Activity session(int pid, Integer... blockedBy) {
        return session(pid, "test", "SELECT 1", blockedBy);
    }

    @Test
    void whereNobodyWaitsItIsEmpty() throws Exception {
        WaitGraph graph = graph(session(1), session(2));

        assertThat(graph.isEmpty()).isTrue();
        assertThat(graph.nodes()).isEmpty();
        assertThat(graph.cycles()).isEmpty();
        assertThat(graph.longestChain()).isEmpty();
        assertThat(graph.lines(Set.of())).containsExactly("nobody waits for anybody");
        assertThat(parsed(graph.svg(Set.of())).getElementsByTagName("text").getLength())
                .isEqualTo(1);
    }

    @Test
    void theLongestOfSeveralWays() {
        WaitGraph graph = graph(session(1), session(2, 1), session(3, 1, 2), session(4, 3), session(5, 1));

        assertThat(graph.nodes()).containsExactly(1, 2, 3, 4, 5);
        assertThat(graph.longestChain()).containsExactly(4, 3, 2, 1);
        assertThat(graph.cycles()).isEmpty();
    }

    @Test
    void circlesAreToldOnceFromTheLowestOn() {
        WaitGraph graph = graph(
                session(1, 2),
                session(2, 3),
                session(3, 1),
                session(4, 1),
                session(7, 8),
                session(8, 7),
                session(9, 9));

        assertThat(graph.cycles()).containsExactly(List.of(1, 2, 3), List.of(7, 8), List.of(9));
        assertThat(graph.longestChain()).as("who waits for a circle").containsExactly(4, 1, 2, 3);
    }

    @Test
    void aPreparedTransactionIsANodeWithoutASession() {
        WaitGraph graph = graph(session(5, Blocking.PREPARED));

        assertThat(graph.nodes()).containsExactly(Blocking.PREPARED, 5);
        assertThat(graph.longestChain()).containsExactly(5, Blocking.PREPARED);
    }

    @Test
    void twoHundredInAQueueAreWalkedSoon() {
        Activity[] queue = IntStream.rangeClosed(1, 200)
                .mapToObj(pid -> session(pid, IntStream.range(1, pid).boxed().toArray(Integer[]::new)))
                .toArray(Activity[]::new);

        assertThat(graph(queue).longestChain()).hasSize(200).startsWith(200).endsWith(1);
        assertThat(graph(queue).cycles()).isEmpty();
        assertThat(graph(queue).svg(Set.of())).contains("140 more sessions are not drawn");
    }

    @Test
    void thePictureIsXmlWhateverStandsInIt() throws Exception {
        String nasty = "SELECT '<&>\"' /* \u0000 \u0008 \uFFFE \uD800 \uD83D\uDE00 ]]> */";
        WaitGraph graph = graph(session(1, "<script>alert('x')</script>", nasty), session(2, "b & c", nasty, 1));

        Document picture = parsed(graph.svg(Set.of(1)));

        assertThat(picture.getDocumentElement().getTagName()).isEqualTo("svg");
        assertThat(picture.getElementsByTagName("script").getLength()).isZero();
        List<String> texts = IntStream.range(
                        0, picture.getElementsByTagName("text").getLength())
                .mapToObj(i -> picture.getElementsByTagName("text").item(i).getTextContent())
                .toList();
        assertThat(texts)
                .contains("pid 1 · active 0ms", "<script>alert('x')</script>", "b & c")
                .anyMatch(text -> text.startsWith("SELECT '<&>\"' /* \uFFFD \uFFFD \uFFFD \uFFFD \uD83D\uDE00"));
    }

    private static Document parsed(String svg) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        return factory.newDocumentBuilder().parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    @Timeout(120)
    void aRealDeadlockIsACircleAndARealChainIsTheLongest() throws Exception {
        try (Sessions sessions = new Sessions()) {
            Connection one = sessions.begin("one", update(sessions, 1));
            Connection two = sessions.begin("two", update(sessions, 2));
            Connection three = sessions.begin("three");
            sessions.start(one, update(sessions, 2));
            Sessions.awaitBlocked(one);
            sessions.start(two, update(sessions, 1));
            sessions.start(three, "LOCK TABLE " + sessions.table() + " IN EXCLUSIVE MODE");

            ServerState state = Sessions.awaitBlocked(one, two, three);

            WaitGraph graph = state.ofPids(Set.of(Sessions.pid(one), Sessions.pid(two), Sessions.pid(three)))
                    .waitGraph();
            assertThat(graph.cycles()).hasSize(1);
            assertThat(graph.cycles().get(0)).containsExactlyInAnyOrder(Sessions.pid(one), Sessions.pid(two));
            assertThat(graph.longestChain()).hasSize(3).startsWith(Sessions.pid(three));
            assertThat(parsed(graph.svg(Set.of(Sessions.pid(one))))
                            .getElementsByTagName("rect")
                            .getLength())
                    .as("the ground, and three sessions")
                    .isEqualTo(4);
        }
    }

    private static String update(Sessions sessions, int id) throws SQLException {
        return "UPDATE " + sessions.table() + " SET balance = balance + 1 WHERE id = " + id;
    }
}
