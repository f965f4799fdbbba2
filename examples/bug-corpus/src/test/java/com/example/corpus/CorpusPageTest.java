// SPDX-License-Identifier: Apache-2.0
package com.example.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page about the corpus is about this corpus. */
class CorpusPageTest {

    private static final Pattern ROW = Pattern.compile("^\\| (.+?) \\| `(.+?)` \\|", Pattern.MULTILINE);

    @Test
    void theTableHasEachBugOnce() throws IOException {
        String page = Files.readString(Path.of("../../docs/bug-corpus.md"));
        List<MatchResult> rows = ROW.matcher(page).results().toList();

        assertThat(rows.stream().map(row -> row.group(2)))
                .isEqualTo(Corpus.entries().stream().map(Corpus.Entry::name).toList());
        assertThat(rows.stream().map(row -> row.group(1)))
                .isEqualTo(Corpus.entries().stream()
                        .map(entry -> entry.bug().value())
                        .toList());
    }

    @Test
    void theCorpusIsLargeEnough() {
        assertThat(Corpus.entries()).hasSizeGreaterThanOrEqualTo(24);
    }
}
