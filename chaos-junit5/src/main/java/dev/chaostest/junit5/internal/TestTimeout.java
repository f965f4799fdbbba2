// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.junit5.ChaosTags;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * When a test is given up: by JUnit, where {@code @Timeout} or JUnit's own configuration says so, else by us after 300 s.
 *
 * @param length how long the test may take
 * @param isJUnits whether JUnit watches it
 */
public record TestTimeout(Duration length, boolean isJUnits) {

    private static final String CONFIGURATION = "junit.jupiter.execution.timeout.";
    private static final Pattern TEXT = Pattern.compile("([1-9]\\d*) ?(ns|\u03bcs|ms|s|m|h|d)?");
    private static final Map<String, ChronoUnit> UNITS = Map.of(
            "ns", ChronoUnit.NANOS,
            "\u03bcs", ChronoUnit.MICROS,
            "ms", ChronoUnit.MILLIS,
            "s", ChronoUnit.SECONDS,
            "m", ChronoUnit.MINUTES,
            "h", ChronoUnit.HOURS,
            "d", ChronoUnit.DAYS);

    /** The time-out of a test method. */
    public static TestTimeout of(ExtensionContext context) {
        return Tests.annotation(context, Timeout.class)
                .map(timeout -> Duration.of(timeout.value(), timeout.unit().toChronoUnit()))
                .or(() -> configured(context))
                .map(length -> new TestTimeout(length, true))
                .orElse(new TestTimeout(Duration.ofSeconds(ChaosTags.TIMEOUT_SECONDS), false));
    }

    private static Optional<Duration> configured(ExtensionContext context) {
        String kind = context.getUniqueId().contains("template-invocation:") ? "testtemplate" : "test";
        return Stream.of(kind + ".method.default", "testable.method.default", "default")
                .flatMap(key -> context.getConfigurationParameter(CONFIGURATION + key).stream())
                .flatMap(text -> parse(text).stream())
                .findFirst();
    }

    /** JUnit has refused already what it can't read; it takes units in capitals, too. */
    private static Optional<Duration> parse(String text) {
        Matcher matcher = TEXT.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String unit = matcher.group(2) == null ? "s" : matcher.group(2);
        return Optional.of(Duration.of(Long.parseLong(matcher.group(1)), UNITS.getOrDefault(unit, ChronoUnit.SECONDS)));
    }

    /** A little before the first statement of the test can give up: then it still waits. */
    Duration forLookAhead() {
        Duration most = Duration.ofMillis(500);
        Duration tenth = forStatements().dividedBy(10);
        return forStatements().minus(tenth.compareTo(most) < 0 ? tenth : most);
    }

    /** A little less than the test has, so that the database gives up first. */
    public Duration forStatements() {
        Duration half = length.dividedBy(2);
        Duration margin = length.dividedBy(30).plusMillis(500);
        Duration least = Duration.ofMillis(1);
        Duration rest = length.minus(margin.compareTo(half) < 0 ? margin : half);
        return rest.compareTo(least) < 0 ? least : rest;
    }
}
