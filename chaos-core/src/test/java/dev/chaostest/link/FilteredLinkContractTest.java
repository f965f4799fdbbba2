// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

import dev.chaostest.ChaosScope;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Nested;

/** All that a link does it does with a filter, too. */
class FilteredLinkContractTest {

    @Nested
    class Bytes extends TcpLinkTest {
        @Override
        TcpLink open(InetSocketAddress server) {
            return TcpLink.open("bank", server, () -> {}, Meddler::new);
        }
    }

    @Nested
    class Outages extends OutageTest {
        @Override
        TcpLink open(ChaosScope owner, InetSocketAddress server) {
            return owner.link("bank", server, Meddler::new);
        }
    }

    @Nested
    class Streams extends StreamsTest {
        @Override
        TcpLink open(ChaosScope owner, InetSocketAddress server) {
            return owner.link("bank", server, Meddler::new);
        }
    }
}
