// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.ChaosScope;
import dev.chaostest.link.toxic.Reset;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Seed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A filter that acts on its own link, while another thread ends the connection: neither waits for the other. */
@Timeout(120)
class LinkLockOrderTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final CompletableFuture<Runnable> act = new CompletableFuture<>();
    private final CountDownLatch filtering = new CountDownLatch(1);
    private final CompletableFuture<String> acted = new CompletableFuture<>();
    private final ChaosScope scope = ChaosScope.open("order", Plan.of(new Seed(1)));
    private Ends ends;
    private TcpLink link;

    @BeforeEach
    void open() throws IOException {
        ends = new Ends();
        link = scope.link("bank", ends.address(), Acting::new);
    }

    @AfterEach
    void close() throws IOException {
        scope.close();
        ends.close();
        assertThat(link.residue()).isEmpty();
    }

    @Test
    void bothCutTheLink() throws Exception {
        meet(link::cut, link::cut);
    }

    @Test
    void aToxicResetsWhatTheFilterCuts() throws Exception {
        meet(() -> link.inject(Reset.now()), link::cut);
    }

    @Test
    void theFilterEndsItsConnectionWhileTheLinkIsCut() throws Exception {
        meet(link::cut, null);
    }

    /** The other thread comes to wait for the filter, which acts then. */
    private void meet(Runnable other, Runnable inFilter) throws Exception {
        Ends.Both both = ends.connect(link);
        Ends.send(both.client(), "a");
        assertThat(filtering.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        FutureTask<?> cutting = new FutureTask<>(other, null);
        Thread cutter = new Thread(cutting, "cutter");
        cutter.setDaemon(true);
        cutter.start();
        Awaitility.await()
                .dontCatchUncaughtExceptions()
                .atMost(PATIENCE)
                .until(() -> cutter.getState() == Thread.State.WAITING);
        act.complete(inFilter);
        assertThat(acted.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo("done");
        cutting.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private final class Acting implements Filter {

        @Override
        public void fromClient(ByteBuffer bytes, Steps steps) {
            steps.toServer(bytes);
            filtering.countDown();
            Runnable what =
                    act.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
            (what == null ? steps.ender() : what).run();
            acted.complete("done");
        }

        @Override
        public void fromServer(ByteBuffer bytes, Steps steps) {
            steps.toClient(bytes);
        }

        @Override
        public void closed() {}
    }
}
