// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sqlstate;

import java.util.Locale;
import java.util.stream.Collectors;

/** The catalogue as a page of the documentation. */
final class StatesPage {

    private static final String HEAD = """
            # SQLSTATEs

            What the catalogue `SqlStates` knows. It is held against a real PostgreSQL and a real HikariCP by `StateMatrixTest`: each
            state as its recipe or its cause brings it about, beside the same state as a rule (`ServerError.of("40001")`) does.

            - **Advice** is about the whole transaction, from its first statement on.
            - **Provoked**: how true the failure is that a rule brings about. *real*: what always causes it was brought about.
              *raised*: the server was made to raise it; the aborted transaction is real, the reason is not, so message, detail,
              hint and position are others. *forged*: the session really ends, and the last thing that the client reads carries
              this state; at connect the server is not asked at all.
            - **Pool**: what HikariCP does with the connection. It looks at the state, and at those of the next exceptions: pgjdbc
              chains an 08006 to the last word of a session that ends, so each end of a session is seen at once. What died while
              it idled in the pool is lent again if it was used within the last 500 ms.
            """;

    private StatesPage() {}

    static String text() {
        return HEAD
                + SqlStates.all().stream()
                        .collect(Collectors.groupingBy(
                                entry -> entry.state().category(), java.util.TreeMap::new, Collectors.toList()))
                        .values()
                        .stream()
                        .map(entries -> "\n## " + entries.get(0).state().category() + " "
                                + entries.get(0).category() + "\n\n"
                                + "| State | Name | Meaning | Advice | Aftermath | Pool | Provoked | Really |\n"
                                + "|---|---|---|---|---|---|---|---|\n"
                                + entries.stream().map(StatesPage::row).collect(Collectors.joining()))
                        .collect(Collectors.joining());
    }

    private static String row(StateEntry entry) {
        String really = entry.hasRecipe()
                ? entry.recipe().stream()
                        .map(sql -> "`" + sql.replace("|", "\\|") + "`")
                        .collect(Collectors.joining("; "))
                : entry.real();
        return String.join(
                        " | ",
                        "| " + entry.state(),
                        "`" + entry.name() + "`",
                        entry.meaning(),
                        entry.advice().label(),
                        entry.aftermath().label(),
                        entry.pool().label(),
                        entry.provoked().name().toLowerCase(Locale.ROOT),
                        really)
                + " |\n";
    }
}
