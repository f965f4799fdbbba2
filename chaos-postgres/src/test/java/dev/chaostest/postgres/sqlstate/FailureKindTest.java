// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sqlstate;

import static dev.chaostest.postgres.sqlstate.FailureKind.ABORTED_TRANSACTION;
import static dev.chaostest.postgres.sqlstate.FailureKind.ACCESS_DENIED;
import static dev.chaostest.postgres.sqlstate.FailureKind.CONNECTION_LOST;
import static dev.chaostest.postgres.sqlstate.FailureKind.CONNECTION_REFUSED;
import static dev.chaostest.postgres.sqlstate.FailureKind.CONSTRAINT_VIOLATION;
import static dev.chaostest.postgres.sqlstate.FailureKind.DATA_ERROR;
import static dev.chaostest.postgres.sqlstate.FailureKind.DEADLOCK;
import static dev.chaostest.postgres.sqlstate.FailureKind.INTERNAL_ERROR;
import static dev.chaostest.postgres.sqlstate.FailureKind.LOCK_NOT_AVAILABLE;
import static dev.chaostest.postgres.sqlstate.FailureKind.PROGRAMMING_ERROR;
import static dev.chaostest.postgres.sqlstate.FailureKind.RAISED;
import static dev.chaostest.postgres.sqlstate.FailureKind.READ_ONLY;
import static dev.chaostest.postgres.sqlstate.FailureKind.RESOURCE_EXHAUSTED;
import static dev.chaostest.postgres.sqlstate.FailureKind.SERIALIZATION;
import static dev.chaostest.postgres.sqlstate.FailureKind.TIMEOUT;
import static dev.chaostest.postgres.sqlstate.FailureKind.UNIQUE_VIOLATION;
import static dev.chaostest.postgres.sqlstate.FailureKind.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.postgres.isolation.IsolationTestServer;
import dev.chaostest.postgres.isolation.Sql;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class FailureKindTest {

    private static final Pattern ERROR = Pattern.compile("(?m)^([0-9A-Z]{5}) +E ");

    private static final Map<FailureKind, String> STATES = new EnumMap<>(Map.ofEntries(
            Map.entry(SERIALIZATION, "40000 40001"),
            Map.entry(DEADLOCK, "40P01"),
            Map.entry(UNIQUE_VIOLATION, "23505"),
            Map.entry(CONSTRAINT_VIOLATION, "23000 23001 23502 23503 23514 23P01 40002 44000"),
            Map.entry(TIMEOUT, "57014 25P03 25P04"),
            Map.entry(LOCK_NOT_AVAILABLE, "55P03 55006"),
            Map.entry(CONNECTION_REFUSED, "08001 08004 57P03"),
            Map.entry(CONNECTION_LOST, "08000 08003 08006 08007 08P01 08S01 40003 57000 57P01 57P02 57P04 57P05 08ZZZ"),
            Map.entry(RESOURCE_EXHAUSTED, "53000 53100 53200 53300 53400 72000"),
            Map.entry(READ_ONLY, "25006"),
            Map.entry(ABORTED_TRANSACTION, "25P02"),
            Map.entry(ACCESS_DENIED, "28000 28P01 42501 0L000 0LP01 0P000"),
            Map.entry(DATA_ERROR, """
                    22000 2202E 22021 22008 22012 22005 2200B 22022 22015 2201E 22014 22016 2201F 2201G 22018 22007 22019
                    2200D 22025 22P06 22010 22023 22013 2201B 2201W 2201X 2202H 2202G 22009 2200C 2200G 22004 22002 22003
                    2200H 22026 22001 22011 22027 22024 2200F 22P01 22P02 22P03 22P04 22P05 2200L 2200M 2200N 2200S 2200T
                    22030 22031 22032 22033 22034 22035 22036 22037 22038 22039 2203A 2203B 2203C 2203D 2203E 2203F 2203G
                    10608"""),
            Map.entry(PROGRAMMING_ERROR, """
                    03000 07006 0A000 0B000 0F000 0F001 20000 21000 24000 25000 25001 25002 25003 25004 25005 25007 25008
                    25P01 26000 27000 2B000 2BP01 2D000 2F000 2F002 2F003 2F004 2F005 34000 3B000 3B001 3D000 3F000 42000
                    42601 42846 42803 42P20 42P19 42830 42602 42622 42939 42804 42P18 42P21 42P22 42809 428C9 42703 42883
                    42P01 42P02 42704 42701 42P03 42P04 42723 42P05 42P06 42P07 42712 42710 42702 42725 42P08 42P09 42P10
                    42611 42P11 42P12 42P13 42P14 42P15 42P16 42P17 54000 54001 54011 54023 55000 55P02 55P04"""),
            Map.entry(
                    RAISED,
                    "09000 0Z000 0Z002 38000 38001 38002 38003 38004 39000 39001 39004 39P01 39P02 39P03 "
                            + "P0000 P0001 P0002 P0003 P0004"),
            Map.entry(INTERNAL_ERROR, """
                    58000 58030 58P01 58P02 58P03 60000 F0000 F0001 XX000 XX001 XX002 HV000 HV005 HV002 HV010 HV021 HV024
                    HV007 HV008 HV004 HV006 HV091 HV00B HV00C HV00D HV090 HV00A HV009 HV014 HV001 HV00P HV00J HV00K HV00Q
                    HV00R HV00L HV00M HV00N"""),
            Map.entry(UNKNOWN, "00000 01000 02000 99999 ZZZZZ")));

    @Test
    void everyStateHasItsKind() {
        STATES.forEach((kind, states) -> assertThat(codes(states))
                .as("states of %s", kind)
                .allSatisfy(code ->
                        assertThat(FailureKind.of(new SqlState(code))).as(code).isEqualTo(kind)));
    }

    @Test
    void noErrorOfTheServersOwnCatalogueIsUnknownOrMissingInTheTable() {
        String catalogue = new Sql(IsolationTestServer.admin())
                .column("SELECT pg_read_file(setting || '/errcodes.txt') FROM pg_config WHERE name = 'SHAREDIR'")
                .get(0);
        Set<String> errors = new TreeSet<>(
                ERROR.matcher(catalogue).results().map(match -> match.group(1)).toList());
        Set<String> listed = new TreeSet<>();
        STATES.forEach((kind, states) -> listed.addAll(kind == UNKNOWN ? List.of() : codes(states)));

        assertThat(errors).as("states of the server").hasSizeGreaterThan(200);
        assertThat(listed).containsAll(errors);
    }

    @Test
    void labelsAreDifferentAndNoneIsTheOneOfSuccess() {
        assertThat(Arrays.stream(FailureKind.values()).map(FailureKind::label))
                .doesNotHaveDuplicates()
                .doesNotContain("success");
    }

    @Test
    void onlyAFailureThatCanHideACommitIsAmbiguous() {
        assertThat(Arrays.stream(FailureKind.values()).filter(kind -> kind.transience() == Transience.AMBIGUOUS))
                .containsExactlyInAnyOrder(CONNECTION_LOST, UNKNOWN);
    }

    private static List<String> codes(String states) {
        return List.of(states.strip().split("\\s+"));
    }
}
