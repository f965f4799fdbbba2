// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sweeps without a database. */
class SweepOfCallsTest {

    @Test
    void eachCallFailsBeforeAndAfterItsEffectWithWhatItDeclares() {
        Inner inner = Inner.run(CarefulTestCases.class);

        assertThat(inner.failures()).isEmpty();
        assertThat(inner.names().stream().map(name -> name.replaceAll(":\\d+", ":9")))
                .containsExactly(
                        "clean round",
                        "clean round, again",
                        "#1 IOException before Gateway.charge at SweepOfCallsTest$Shop.buy:9",
                        "#2 IOException after Gateway.charge at SweepOfCallsTest$Shop.buy:9",
                        "#3 RuntimeException before Gateway.ship at SweepOfCallsTest$Shop.buy:9",
                        "#4 RuntimeException after Gateway.ship at SweepOfCallsTest$Shop.buy:9",
                        "#5 IOException before Gateway.charge at SweepOfCallsTest$Shop.buy:9, and from then on",
                        "#6 IOException after Gateway.charge at SweepOfCallsTest$Shop.buy:9, and from then on",
                        "verdict: 2 points, 6 rounds, 0 red; 2 pruned");
    }

    @Test
    void aRetryOfWhatMayHaveHappenedIsFound() {
        Inner inner = Inner.run(CarelessTestCases.class);

        assertThat(inner.message().lines().map(line -> line.replaceAll(":\\d+", ":9")))
                .startsWith(
                        "SweepOfCallsTest$CarelessTestCases.sells: IOException after Gateway.charge at "
                                + "SweepOfCallsTest$Shop.buy:9 broke it. [charged once] ",
                        "Expected size: 1 but was: 2 in:",
                        "[\"order 1\", \"order 1\"]",
                        "  fault    : failure java.io.IOException: failure injected by a sweep after the effect",
                        "  site     : call:Gateway.charge, 1st on lane gateway-1, from SweepOfCallsTest$Shop.buy:9",
                        "  came back: java.io.IOException: failure injected by a sweep",
                        "  again    : the same in 2 of 2 rounds");
    }

    /** What may fail. */
    interface Gateway {
        void charge(String order) throws IOException;

        void ship(String order);
    }

    private static final class Books implements Gateway {
        private final List<String> charged = new ArrayList<>();

        @Override
        public void charge(String order) {
            charged.add(order);
        }

        @Override
        public void ship(String order) {
            assertThat(charged).contains(order);
        }
    }

    private static final class Shop {
        private final Gateway gateway;

        Shop(Gateway gateway) {
            this.gateway = gateway;
        }

        void buy(String order, int attempts) throws IOException {
            for (int attempt = 1; ; attempt++) {
                try {
                    gateway.charge(order);
                    break;
                } catch (IOException e) {
                    if (attempt == attempts) {
                        throw e;
                    }
                }
            }
            gateway.ship(order);
        }
    }

    /** Two attempts, but what is charged twice is not looked at. */
    static class CarefulTestCases {
        @ChaosWrap
        private Gateway gateway = new Books();

        @ChaosSweep
        void sells() throws IOException {
            new Shop(gateway).buy("order 1", 2);
        }
    }

    static class CarelessTestCases {
        private Books books = new Books();

        @ChaosWrap
        private Gateway gateway = books;

        @BeforeEach
        void begins() {
            books.charged.clear();
        }

        @ChaosSweep(faults = "call fails")
        void sells() throws IOException {
            new Shop(gateway).buy("order 1", 2);
            assertThat(books.charged).as("charged once").hasSize(1);
        }
    }
}
