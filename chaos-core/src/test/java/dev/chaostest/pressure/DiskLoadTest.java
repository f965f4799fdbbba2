// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.pressure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.mount.Round;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Seed;
import dev.chaostest.time.TimeSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskLoadTest {

    private static final long MB = 1 << 20;
    private static final long GB = 1 << 30;
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final int PAGE = 4096;

    @TempDir
    Path directory;

    private final Round round = new Round("report", Plan.of(new Seed(77)), TimeSource.system());

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    @Test
    void aFileIsWrittenWithoutHolesAndDeletedAtTheEnd() throws IOException {
        try (Pressure pressure = Pressure.disk(round, directory, MB + 1)) {
            byte[] content = Files.readAllBytes(files(directory).get(0));

            assertThat(content).hasSize((int) MB + 1);
            for (int page = 0; page < content.length / PAGE; page++) {
                assertThat(distinct(content, page))
                        .isGreaterThan(100); // a hole reads as zeros, and noise is not compressed
            }
            assertThat(pressure.reached()).isEqualTo(MB + 1);
        }
        assertThat(files(directory)).isEmpty();
    }

    private static long distinct(byte[] content, int page) {
        return IntStream.range(page * PAGE, (page + 1) * PAGE)
                .map(i -> content[i])
                .distinct()
                .count();
    }

    @Test
    void otherFilesAreLeftAlone() throws IOException {
        Path other = Files.writeString(directory.resolve("chaos-disk-mine.fill"), "mine");

        Pressure.disk(round, directory, MB).close();

        assertThat(files(directory)).containsExactly(other);
    }

    @Test
    void aFileThatSomebodyElseDeletedIsNoTrouble() throws IOException {
        try (Pressure pressure = Pressure.disk(round, directory, MB)) {
            Files.delete(files(directory).get(0));

            assertThat(pressure.reached()).isZero();
        }
    }

    @Test
    void aDirectoryThatDoesNotExistIsRefused() {
        Path missing = directory.resolve("missing");

        assertThatThrownBy(() -> Pressure.disk(round, missing, MB))
                .isInstanceOf(ChaosException.class)
                .hasMessage("Disk pressure must be put on a directory that exists, but " + missing
                        + " is none. Use a directory of the test, such as a @TempDir.");
        assertThat(missing).doesNotExist();
    }

    @Test
    void aDirectoryThatIsNotTheTestsIsRefused() throws IOException {
        Path root = directory.getRoot();
        Path link = Files.createSymbolicLink(directory.resolve("link"), root);

        for (Path foreign : List.of(root, link, Path.of(System.getProperty("java.io.tmpdir")))) {
            assertThatThrownBy(() -> Pressure.disk(round, foreign, MB))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage(
                            "Disk pressure must be put on a directory of the test, below the one for temporary files or the "
                                    + "working directory, but was to be put on " + foreign.toRealPath()
                                    + ". Use a @TempDir.");
        }
        Files.delete(link);
    }

    @Test
    void whatWouldFillTheDiskIsRefusedAndNothingWritten() throws IOException {
        assertThatThrownBy(() -> Pressure.disk(round, directory, Long.MAX_VALUE))
                .isInstanceOf(ChaosException.class)
                .hasMessageStartingWith("Disk pressure must leave ");

        assertThat(files(directory)).isEmpty();
        assertThat(round.ledger().entries()).isEmpty();
    }

    @Test
    void theRefusalHasTheNumbers() {
        Path data = Path.of("data");
        DiskLoad.requireRoom(data, 4 * GB, 100 * GB, 5 * GB);

        assertThatThrownBy(() -> DiskLoad.requireRoom(data, 4 * GB + 1, 100 * GB, 5 * GB))
                .isInstanceOf(ChaosException.class)
                .hasMessage(
                        "Disk pressure must leave 1 GB of the disk free, but 4.0 GB were asked for in data, and 5 GB of "
                                + "100 GB are free. Ask for at most 4 GB, or use a directory on another disk.");
        assertThatThrownBy(() -> DiskLoad.requireRoom(data, 91 * MB, 100 * MB, 100 * MB))
                .hasMessageStartingWith("Disk pressure must leave 10 MB of the disk free, but 91 MB were asked for ");
    }

    @Test
    void whatCantBeWrittenIsSaidAndLeavesNothing() {
        Path gone = directory.resolve("gone");
        DiskLoad load = new DiskLoad(gone, MB);

        assertThatThrownBy(() -> load.put(DEADLINE))
                .isInstanceOf(ChaosException.class)
                .hasMessage("Disk pressure must be able to write 1 MB in " + gone
                        + ", but failed. Ask for less, or use a directory that the test may write.")
                .hasCauseInstanceOf(IOException.class);
        assertThat(load.reached()).isZero();
    }

    @Test
    void refusesNothing() {
        assertThatThrownBy(() -> new DiskLoad(directory, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("disk pressure must be 1 byte or more, but was 0. Write for example 32 << 20 for 32 MB.");
    }
}
