// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecretsTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            ALTER ROLE app PASSWORD 'geheim' VALID UNTIL 'x' | ALTER ROLE app PASSWORD *** VALID UNTIL 'x'
            ALTER ROLE app PASSWORD 'geh''eim';              | ALTER ROLE app PASSWORD ***;
            ALTER ROLE app PASSWORD E'geh\\'eim';            | ALTER ROLE app PASSWORD ***;
            ALTER ROLE app PASSWORD $x$geheim$x$;            | ALTER ROLE app PASSWORD ***;
            ALTER ROLE app ENCRYPTED PASSWORD 'geheim        | ALTER ROLE app ENCRYPTED PASSWORD ***
            SELECT dblink('host=db password=geheim user=a')  | SELECT dblink('host=db password=*** user=a')
            SELECT 'ALTER ROLE app PASSWORD ''geheim''' AS a | SELECT 'ALTER ROLE app PASSWORD *** AS a
            PGPASSWORD=geheim, SPRING_DB_PASSWORD=geheim     | PGPASSWORD=***, SPRING_DB_PASSWORD=***
            {"dbPassword": "geheim, 1", "user": "a"}         | {"dbPassword": ***, "user": "a"}
            password: geheim                                 | password: ***
            SELECT password::text FROM users                 | SELECT password::text FROM users
            SELECT 1 FROM users WHERE password = $1          | SELECT 1 FROM users WHERE password = $1
            CREATE TABLE users (password text NOT NULL)      | CREATE TABLE users (password text NOT NULL)
            """)
    void onlyThePasswordIsTakenOut(String statement, String shown) {
        assertThat(Secrets.takenOutOf(statement)).isEqualTo(shown);
    }
}
