// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.evidence.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportFilesTest {

    @TempDir
    Path directory;

    @Test
    void namesThatAFileSystemMayNotTakeAreChanged() throws IOException {
        Path file = new ReportFiles(directory, "run1").write("BankTest$Inner", "../pays \u00a3 5/10", "text");

        assertThat(file)
                .isEqualTo(directory.resolve("run1/BankTest_Inner/__pays___5_10.txt"))
                .hasContent("text");
    }

    @Test
    void aLongNameIsCut() throws IOException {
        Path file = new ReportFiles(directory, "run1").write("BankTest", "x".repeat(500), "text");

        assertThat(file.getFileName().toString()).hasSize(104);
    }

    @Test
    void oneRunWritesSoManyAndNoMore() throws IOException {
        ReportFiles files = new ReportFiles(directory, "run1");
        for (int i = 0; i < 1_000; i++) {
            files.write("BankTest", "red-" + i, "");
        }

        assertThatThrownBy(() -> files.write("BankTest", "red", ""))
                .isInstanceOf(IOException.class)
                .hasMessage("this run has written 1000 reports already");
    }

    @Test
    void theyGoWhereTheBuildToolWritesUnlessAPlaceIsGiven() {
        assertThat(ReportFiles.base(Optional.empty())).isEqualTo(Path.of("target", "chaos"));
        assertThat(ReportFiles.base(Optional.of("build/reports"))).isEqualTo(Path.of("build", "reports"));
    }
}
