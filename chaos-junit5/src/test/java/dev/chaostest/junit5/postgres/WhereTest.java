// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.plan.Site;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WhereTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    sql  | UPDATE account SET balance = $1   | on = "UPDATE account"
                    sql  | SELECT * FROM "two words"         | on = "SELECT \\"two words\\""
                    sql  | COMMIT                            | on = "COMMIT"
                    sql  | connect                           | on = "connect"
                    wire | DataRow of SELECT * FROM account  | on = "SELECT account", operation = Operation.ROW
                    pool | acquire                           | operation = Operation.ACQUIRE
                    wire | ReadyForQuery                     | message = "ReadyForQuery"
                    wire | CopyData from server              | message = "CopyData from server"
                    wire | CancelRequest                     | operation = Operation.CANCEL""")
    void aSiteIsWrittenAsTheAttributesOfAnAnnotation(String seam, String name, String attributes) {
        assertThat(Where.naming(new Site(seam, name))).contains(attributes);
    }

    @ParameterizedTest
    @CsvSource({"sql,(empty)", "wire,Unheard", "call,Gateway.charge"})
    void whatNoAttributeMeansIsLeftWithoutOne(String seam, String name) {
        assertThat(Where.naming(new Site(seam, name))).isEmpty();
    }
}
