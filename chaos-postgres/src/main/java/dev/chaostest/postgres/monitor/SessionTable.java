// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.monitor;

import dev.chaostest.internal.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The sessions in aligned columns. */
final class SessionTable {

    private static final List<String> HEADING =
            List.of("", "pid", "user", "application", "state", "for", "transaction", "waits for", "statement");

    private SessionTable() {}

    static List<String> lines(ServerState state, Set<Integer> own) {
        if (state.sessions().isEmpty()) {
            return List.of("no other session is connected to " + state.database());
        }
        List<List<String>> rows = new ArrayList<>(List.of(HEADING));
        state.sessions().forEach(session -> rows.add(row(session, state, own)));
        List<String> lines = new ArrayList<>(new Table(rows).lines());
        if (!state.isComplete()) {
            lines.add("... and more than are shown");
        }
        if (state.isRestricted()) {
            lines.add("What other roles do is hidden from " + state.role() + ". To see it: GRANT pg_read_all_stats TO "
                    + state.role());
        }
        return lines;
    }

    private static List<String> row(Activity session, ServerState state, Set<Integer> own) {
        boolean elsewhere = !session.database().isEmpty() && !session.database().equals(state.database());
        String user = session.user() + (elsewhere ? "@" + session.database() : "");
        return List.of(
                own.contains(session.pid()) ? "*" : "",
                Integer.toString(session.pid()),
                user.isEmpty() ? session.backendType().orElse("") : user,
                session.application(),
                session.isHidden() ? "hidden" : session.state().orElse(""),
                Ages.since(session.stateChange(), state.takenAt()),
                Ages.since(session.transactionStart(), state.takenAt()),
                waitsFor(session),
                session.isHidden() ? "" : Ages.oneLine(session.query()));
    }

    private static String waitsFor(Activity session) {
        if (session.isBlocked()) {
            return session.blockedBy().stream()
                    .map(pid -> pid == Blocking.PREPARED ? "a prepared transaction" : "pid " + pid)
                    .collect(Collectors.joining(", "));
        }
        return session.waitEventType()
                .map(type ->
                        type + session.waitEvent().map(event -> "/" + event).orElse(""))
                .orElse("");
    }
}
