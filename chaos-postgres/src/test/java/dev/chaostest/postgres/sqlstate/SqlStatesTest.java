// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sqlstate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.ChaosException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SqlStatesTest {

    private static final Path PAGE = Path.of("..", "docs", "sqlstates.md");

    static Stream<StateEntry> all() {
        return SqlStates.all().stream();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "08001", "08003", "08006", "0A000", "22001", "22003", "22007", "22008", "22012", "22021", "22023",
                "22P02", "22P05", "23502", "23503", "23505", "23514", "23P01", "25001", "25006", "25P01", "25P02",
                "25P03", "25P04", "26000", "34000", "40001", "40002", "40003", "40P01", "42501", "42P01", "53100",
                "53200", "53300", "53400", "54000", "55000", "55006", "55P03", "57014", "57P01", "57P02", "57P03",
                "57P05", "58030", "XX000", "XX001"
            })
    void stateThatMattersIsThere(String state) {
        assertThat(SqlStates.of(state)).map(StateEntry::state).contains(new SqlState(state));
    }

    @Test
    void stateThatIsNotThereIsNone() {
        assertThat(SqlStates.of("99999")).isEmpty();
        assertThatThrownBy(() -> SqlStates.of("4001"))
                .isInstanceOf(ChaosException.class)
                .hasMessage("sqlState must be five characters out of 0-9 and A-Z, but was \"4001\"."
                        + " Use for example \"40001\" (serialization failure).");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("all")
    void entrySaysEverything(StateEntry entry) {
        assertThat(List.of(entry.name(), entry.meaning(), entry.real())).noneMatch(String::isBlank);
        assertThat(entry.name()).matches("[a-z_]+");
        assertThat(entry.meaning()).endsWith(".");
        assertThat(entry.category()).doesNotStartWith("class ");
        assertThat(entry.kind()).isNotEqualTo(FailureKind.UNKNOWN);
        assertThat(entry).hasToString(entry.state() + " " + entry.name());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("all")
    void adviceAgreesWithTheKind(StateEntry entry) {
        assertThat(entry.advice().transience()).isEqualTo(entry.kind().transience());
    }

    @Test
    void eachStateIsThereOnceAndInOrder() {
        List<String> codes = all().map(entry -> entry.state().code()).toList();

        assertThat(codes).doesNotHaveDuplicates().isSorted();
    }

    /** Run with {@code -Dchaos.docs.write=true} to write it. */
    @Test
    void pageOfTheDocumentationSaysTheSame() throws IOException {
        if (Boolean.getBoolean("chaos.docs.write")) {
            Files.writeString(PAGE, StatesPage.text());
        }
        assertThat(PAGE).content().isEqualTo(StatesPage.text());
    }
}
