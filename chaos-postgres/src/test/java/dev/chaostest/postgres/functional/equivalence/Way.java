// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional.equivalence;

import dev.chaostest.mount.Round;
import java.util.Optional;
import java.util.Properties;

/** A way from the driver to the server. */
interface Way {

    String name();

    Passage open();

    /** A way that is open, for one play. */
    interface Passage extends AutoCloseable {

        /** What the driver must be told to go this way. */
        Properties properties();

        /** The round that counted every arrival from the begin to now, if there was one. */
        Optional<Round> counted();

        @Override
        void close();
    }
}
