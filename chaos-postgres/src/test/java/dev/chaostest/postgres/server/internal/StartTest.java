// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.postgres.server.PostgresUnavailableException;
import dev.chaostest.postgres.server.ServerData;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import java.util.Optional;
import java.util.PrimitiveIterator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StartTest {
    private final Host host = Host.current();
    private final ProcessUser user = ProcessUser.choose(host);
    private final DataPlace place = DataPlace.choose(host, Optional.empty());

    @Test
    void aPortThatIsTakenMeanwhileIsReplaced() throws IOException {
        int free = Start.freePort();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            PrimitiveIterator.OfInt ports = IntStream.of(taken.getLocalPort(), taken.getLocalPort(), free)
                    .iterator();

            try (RunningServer server = start(ports::nextInt).run(new ServerHome(place.create(user)))) {
                assertThat(server.port()).isEqualTo(free);
                assertThat(server.logTail()).contains("could not bind");
            }
        }
    }

    @Test
    void portsThatAreAlwaysTakenAreGivenUp() throws IOException {
        ServerHome home = new ServerHome(place.create(user));
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            assertThatThrownBy(() -> start(taken::getLocalPort).run(home))
                    .isInstanceOf(PostgresUnavailableException.class)
                    .hasMessageContaining("must start in " + home.directory()
                            + ", but it found each of 8 free ports taken a moment later.");
        }
        assertThat(home.directory()).doesNotExist();
    }

    private Start start(Start.Ports ports) {
        var cache = new CacheDirectory(host, user).choose(Optional.empty());
        Archive archive = Archive.find(Platform.of(host), StartTest.class.getClassLoader());
        Binaries binaries = Binaries.unpacked(archive, cache, host);
        Template template = Template.of(binaries, cache, user, host, false);
        ServerData data = ServerData.copyOf(template.directory());
        return new Start(host, user, binaries, template.locale(), data, Map.of(), SmallDisks.NONE, ports);
    }
}
