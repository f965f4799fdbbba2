// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional.equivalence;

import dev.chaostest.mount.Round;
import dev.chaostest.plan.Site;
import dev.chaostest.postgres.functional.WireTestServer;
import dev.chaostest.postgres.wire.SiteNames;
import java.net.InetSocketAddress;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What one play of a scenario showed.
 *
 * @param seen what the caller saw, and what the server was sent
 * @param miscounted statements that the seam counted another number of times than the server was told to run them
 */
record Play(List<String> seen, List<String> miscounted) {

    static final String ENDED = "the scenario ended";

    private static final Pattern ADDRESS = Pattern.compile("//([^:/]+)(?::(\\d+))?/");

    static Play of(Scenario scenario, Way way, String schema, int pieces) throws Exception {
        Relay relay = Relay.open(server(), pieces);
        try (relay;
                Connection direct = WireTestServer.direct();
                Way.Passage passage = way.open()) {
            WireTestServer.run(direct, "CREATE SCHEMA " + schema);
            direct.setSchema(schema);
            try {
                return play(scenario, relay, passage, schema, direct);
            } finally {
                WireTestServer.run(direct, "DROP SCHEMA " + schema + " CASCADE");
            }
        }
    }

    private static Play play(Scenario scenario, Relay relay, Way.Passage passage, String schema, Connection direct)
            throws Exception {
        Stage stage = new Stage(relay, passage.properties(), direct, schema);
        List<String> lines = new ArrayList<>();
        try (stage) {
            scenario.play(stage);
        } catch (Exception | AssertionError thrown) {
            stage.seen().outcome(ENDED, () -> {
                throw new IllegalStateException(thrown);
            });
        } finally {
            relay.close();
        }
        stage.hideOids();
        lines.addAll(stage.seen().lines());
        lines.addAll(wire(stage, relay));
        return new Play(lines, miscounted(relay, passage));
    }

    private static InetSocketAddress server() {
        Matcher address = ADDRESS.matcher(WireTestServer.url());
        if (!address.find()) {
            throw new IllegalStateException("no host in " + WireTestServer.url());
        }
        String port = address.group(2);
        return new InetSocketAddress(address.group(1), port == null ? 5432 : Integer.parseInt(port));
    }

    private static List<String> wire(Stage stage, Relay relay) {
        List<String> all = new ArrayList<>();
        int number = 0;
        for (Conversation each : relay.conversations()) {
            String name = stage.wire() == Stage.Wire.IN_ORDER ? "to the server, " + ++number : "to the server";
            stage.seen().masked(each.messages()).forEach(message -> all.add(name + ": " + message));
        }
        return switch (stage.wire()) {
            case IN_ORDER -> all;
            case IN_ANY_ORDER -> all.stream().sorted().toList();
            case VARIES -> List.of();
        };
    }

    private static List<String> miscounted(Relay relay, Way.Passage passage) {
        Map<Site, Long> sent = relay.conversations().stream()
                .flatMap(each -> each.statements().stream())
                .collect(Collectors.groupingBy(
                        (Function<String, Site>) SiteNames::of, TreeMap::new, Collectors.counting()));
        List<String> wrong = new ArrayList<>();
        passage.counted()
                .map(Round::decisions)
                .ifPresent(decisions -> sent.forEach((site, times) -> {
                    long hits = decisions.seen().getOrDefault(site, 0L);
                    if (hits != times) {
                        wrong.add(site + ": sent " + times + " times, counted " + hits + " times");
                    }
                }));
        return wrong;
    }
}
