// SPDX-License-Identifier: Apache-2.0
package dev.chaostest;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.internal.Nearest;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The {@code chaos.*} keys: a property first, then {@code CHAOS_*} in the environment.
 *
 * <p>The property comes from whoever runs the tests: JUnit's configuration parameters, else system properties. The key
 * {@code chaos.jdbc.url} is {@code CHAOS_JDBC_URL} in the environment, {@code chaos.dryRun} is {@code CHAOS_DRY_RUN}.
 *
 * <pre>{@code
 * Settings settings = Settings.ofSystem(Set.of("chaos.seed"));
 * Optional<String> seed = settings.get("chaos.seed");
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads. Never prints a value.
 *
 * @since 0.1
 */
public final class Settings {

    private static final String PREFIX = "chaos.";
    /** Chaos Monkey for Spring Boot has its keys under our prefix; they are not typing errors. */
    private static final String FOREIGN = "chaos.monkey.";

    private final Function<String, Optional<String>> properties;
    private final Map<String, String> environment;
    private final Set<String> known;

    /**
     * @param properties looks a property up
     * @param environment the variables of the process
     * @param known all keys that mean something
     */
    public Settings(Function<String, Optional<String>> properties, Map<String, String> environment, Set<String> known) {
        this.properties = properties;
        this.environment = Map.copyOf(environment);
        this.known = Set.copyOf(known);
    }

    /** The settings of this process: system properties and the environment. */
    public static Settings ofSystem(Set<String> known) {
        return new Settings(key -> Optional.ofNullable(System.getProperty(key)), System.getenv(), known);
    }

    /** The value, from the property or else the environment; an empty one counts as absent. */
    public Optional<String> get(String key) {
        return property(key).or(() -> environment(key));
    }

    /** The value of the property only. */
    public Optional<String> property(String key) {
        requireListed(key);
        return properties.apply(key).filter(value -> !value.isBlank());
    }

    /** The value in the environment only. */
    public Optional<String> environment(String key) {
        requireListed(key);
        return Optional.ofNullable(environment.get(variable(key))).filter(value -> !value.isBlank());
    }

    /**
     * Refuses a key that nothing reads: a typing error would silently do nothing.
     *
     * <p>All given keys that begin with {@code chaos.} are looked at; and of the environment those that begin with
     * {@code CHAOS_} and nearly are one of ours, since other tools use that prefix too.
     *
     * @param keys the names of all properties there are
     * @throws ChaosException for the first unknown key, with the nearest known one
     */
    public void requireKnown(Collection<String> keys) {
        for (String key : new TreeSet<>(keys)) {
            if (key.startsWith(PREFIX) && !key.startsWith(FOREIGN) && !known.contains(key)) {
                throw unknown(key, Nearest.of(key, known));
            }
        }
        Set<String> variables =
                new TreeSet<>(known.stream().map(Settings::variable).toList());
        for (String name : new TreeSet<>(environment.keySet())) {
            if (name.startsWith("CHAOS_") && !variables.contains(name) && Nearest.isTypo(name, variables)) {
                throw unknown(name, Nearest.of(name, variables));
            }
        }
    }

    private ChaosException unknown(String key, String nearest) {
        return new ChaosException("A setting must be one of " + new TreeSet<>(known) + ", but \"" + key
                + "\" is set. Did you mean \"" + nearest + "\"?");
    }

    private void requireListed(String key) {
        if (!known.contains(key)) {
            throw new IllegalArgumentException("key must be listed as known, but \"" + key + "\" is not. Add it.");
        }
    }

    private static String variable(String key) {
        return key.replaceAll("(?<=[a-z])(?=[A-Z])", "_")
                .toUpperCase(Locale.ROOT)
                .replace('.', '_')
                .replace('-', '_');
    }
}
