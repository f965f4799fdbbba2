// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Keeps the two runs of this suite honest: each is on the JUnit that its build names. */
class JUnitVersionTest {

    @Test
    void runsOnTheJUnitThatTheBuildNames() {
        assertThat(Test.class.getPackage().getImplementationVersion()).isEqualTo(System.getProperty("expected.junit"));
    }
}
