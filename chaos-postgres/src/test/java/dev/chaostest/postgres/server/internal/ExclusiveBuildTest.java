// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.postgres.server.PostgresUnavailableException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExclusiveBuildTest {
    @TempDir
    Path directory;

    private final AtomicInteger builds = new AtomicInteger();

    @Test
    void buildsOnceAndKeepsTheNote() throws IOException {
        assertThat(build().once(this::fill).note()).isEqualTo("note 1");
        ExclusiveBuild.Built built = build().once(this::fill);

        assertThat(built.note()).isEqualTo("note 1");
        assertThat(built.tree().resolve("file")).hasContent("content");
    }

    @Test
    void anAbortedBuildIsDoneAgain() throws IOException {
        assertThatThrownBy(() -> build().once(tree -> {
                    Files.writeString(tree.resolve("half"), "half");
                    throw new IOException("disk full");
                }))
                .hasMessage("disk full");

        assertThat(build().once(this::fill).tree().resolve("half")).doesNotExist();
    }

    @Test
    void whatAKilledBuildLeftIsDoneAgain() throws IOException {
        Files.createDirectories(directory.resolve("it.partial/tree/sub"));
        Files.createDirectories(directory.resolve("it/tree/half"));

        ExclusiveBuild.Built built = build().once(this::fill);

        assertThat(built.tree().resolve("half")).doesNotExist();
        assertThat(directory.resolve("it.partial")).doesNotExist();
    }

    @Test
    void whatACleanerTookAwayIsBuiltAgain() throws IOException {
        Files.delete(build().once(this::fill).tree().resolve("file"));

        assertThat(build().once(this::fill).tree().resolve("file")).hasContent("content");
    }

    @Test
    void manyThreadsBuildOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            CountDownLatch begin = new CountDownLatch(1);
            List<Future<ExclusiveBuild.Built>> built = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                built.add(threads.submit(() -> {
                    begin.await();
                    return build().once(this::fill);
                }));
            }
            begin.countDown();
            for (Future<ExclusiveBuild.Built> one : built) {
                assertThat(one.get().note()).isEqualTo("note 1");
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void waitsForTheLockNoLongerThanAllowed() throws IOException {
        Path lock = directory.resolve("it.lock");
        try (FileChannel held = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            assertThat(held.lock().isValid()).isTrue();
            assertThatThrownBy(
                            () -> new ExclusiveBuild(directory.resolve("it"), "file", Duration.ZERO).once(this::fill))
                    .isInstanceOf(PostgresUnavailableException.class)
                    .hasMessage("The lock " + lock + " must be free within 0 s, but another process still holds it."
                            + " It should be unpacking PostgreSQL: end it if it hangs,"
                            + " or set chaos.postgres.directory to another directory.");
        }
        assertThat(builds).hasValue(0);
    }

    private ExclusiveBuild build() {
        return new ExclusiveBuild(directory.resolve("it"), "file", Duration.ofSeconds(10));
    }

    private String fill(Path tree) throws IOException {
        Files.writeString(tree.resolve("file"), "content");
        return "note " + builds.incrementAndGet();
    }
}
