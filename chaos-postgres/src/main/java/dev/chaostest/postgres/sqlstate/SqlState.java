// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sqlstate;

import dev.chaostest.plan.ChaosException;
import java.util.regex.Pattern;

/**
 * An SQLSTATE: five characters that say what went wrong; the first two are its class.
 *
 * <p>Any well-formed code is accepted, also one that PostgreSQL does not know.
 *
 * <pre>{@code
 * SqlState serialization = new SqlState("40001");
 * assertThat(serialization.category()).isEqualTo("40");
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads. Source: PostgreSQL documentation, Appendix A.
 *
 * @param code five characters out of 0-9 and A-Z
 * @since 0.1
 */
public record SqlState(String code) {

    private static final Pattern FORM = Pattern.compile("[0-9A-Z]{5}");

    public SqlState {
        if (!isWellFormed(code)) {
            throw new ChaosException("sqlState must be five characters out of 0-9 and A-Z, but was \"" + code
                    + "\". Use for example \"40001\" (serialization failure).");
        }
    }

    static boolean isWellFormed(String code) {
        return FORM.matcher(code).matches();
    }

    /** The class, as the documentation groups the codes: {@code 40} of {@code 40001}. */
    public String category() {
        return code.substring(0, 2);
    }

    @Override
    public String toString() {
        return code;
    }
}
