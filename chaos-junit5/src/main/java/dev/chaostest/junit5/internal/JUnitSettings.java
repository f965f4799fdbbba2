// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.Settings;
import dev.chaostest.plan.ChaosException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The settings of a test run: JUnit's configuration parameters (which are system properties and
 * {@code junit-platform.properties} too), then the environment.
 */
final class JUnitSettings {

    /** All keys there are; they are listed in the README. */
    static final Set<String> KEYS = Set.of(
            "chaos.seed",
            "chaos.replay",
            "chaos.failing-first",
            "chaos.shrink",
            "chaos.run",
            "chaos.dryRun",
            "chaos.hang-limit",
            "chaos.link-hang-limit",
            "chaos.report.directory",
            "chaos.jdbc.url",
            "chaos.jdbc.user",
            "chaos.jdbc.password",
            "chaos.jdbc.create",
            "chaos.postgres.version",
            "chaos.postgres.home",
            "chaos.postgres.directory",
            "chaos.allowed-hosts",
            "chaos.requires",
            "chaos.database.ahead",
            "chaos.schema.keep",
            "chaos.schema.orphan-age");

    private static final String PLATFORM_FILE = "junit-platform.properties";

    private JUnitSettings() {}

    /**
     * Reads and checks the settings.
     *
     * @throws ChaosException if a key is set that nothing reads
     */
    static Settings read(ExtensionContext context) {
        Settings settings = new Settings(context::getConfigurationParameter, System.getenv(), KEYS);
        Set<String> keys = new TreeSet<>(System.getProperties().stringPropertyNames());
        keys.addAll(platformFile().stringPropertyNames());
        settings.requireKnown(keys);
        return settings;
    }

    /** Those that are set, one {@code key = value} each; of secrets only that they are. */
    static List<String> describe(Settings settings) {
        return KEYS.stream()
                .sorted()
                .flatMap(key -> settings.get(key).map(value -> key + " = " + shown(key, value)).stream())
                .toList();
    }

    /** A URL can hold a user and a password in two places. */
    private static String shown(String key, String value) {
        if (key.endsWith(".password")) {
            return "***";
        }
        return key.endsWith(".url") ? value.replaceFirst("\\?.*", "?...").replaceFirst("//.*@", "//...@") : value;
    }

    /** JUnit does not tell which parameters there are, so the file's keys are read from the file. */
    private static Properties platformFile() {
        Properties properties = new Properties();
        try (InputStream in = Thread.currentThread().getContextClassLoader().getResourceAsStream(PLATFORM_FILE)) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties;
    }
}
