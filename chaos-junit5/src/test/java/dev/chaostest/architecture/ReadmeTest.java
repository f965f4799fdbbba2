// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The README shows code that compiles and settings that exist, and stays short. */
class ReadmeTest {

    private static final Path ROOT = root();
    private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern KEY = Pattern.compile("chaos\\.[a-zA-Z.-]*[a-zA-Z]");

    @Test
    void everyLineOfJavaStandsInAnExample() throws IOException {
        String examples = squeezed(textOf("examples", ".java"));
        List<String> snippets = JAVA.matcher(readme() + textOf("docs", ".md"))
                .results()
                .map(m -> m.group(1))
                .toList();

        assertThat(snippets).isNotEmpty();
        for (String snippet : snippets) {
            assertThat(snippet.lines().map(ReadmeTest::squeezed)).allMatch(examples::contains);
        }
    }

    @Test
    void everySettingIsListedAndEveryListedOneExists() throws IOException {
        String settings = Files.readString(
                ROOT.resolve("chaos-junit5/src/main/java/dev/chaostest/junit5/internal/JUnitSettings.java"));
        List<String> known = keys(settings.substring(settings.indexOf("KEYS"), settings.indexOf("PLATFORM_FILE")));
        String table = Files.readString(ROOT.resolve("docs/settings.md"));

        assertThat(rows(table)).containsAll(known);
        assertThat(known).containsAll(rows(table)).containsAll(keys(readme()));
    }

    @Test
    void staysShort() throws IOException {
        assertThat(readme().lines().count()).isLessThan(150);
    }

    private static List<String> rows(String page) {
        return keys(page.lines().filter(line -> line.startsWith("|")).collect(Collectors.joining("\n")));
    }

    private static List<String> keys(String text) {
        return KEY.matcher(text).results().map(MatchResult::group).distinct().toList();
    }

    private static String textOf(String directory, String ending) throws IOException {
        StringBuilder text = new StringBuilder();
        try (Stream<Path> files = Files.walk(ROOT.resolve(directory))) {
            for (Path file : files.filter(each -> each.toString().endsWith(ending))
                    .sorted()
                    .toList()) {
                text.append(Files.readString(file)).append('\n');
            }
        }
        return text.toString();
    }

    private static String readme() throws IOException {
        return Files.readString(ROOT.resolve("README.md"));
    }

    private static String squeezed(String text) {
        return text.replaceAll("\\s+", " ").strip();
    }

    /** Both chaos-junit5 and compat/junit6 run this test, at different depths. */
    private static Path root() {
        Path each = Path.of("").toAbsolutePath();
        while (!Files.exists(each.resolve("README.md"))) {
            each = each.getParent();
        }
        return each;
    }
}
