// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.evidence.internal;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

/** What a test ran on, one {@code name version} each. */
public final class Versions {

    private static final List<Library> LIBRARIES = List.of(
            new Library("chaostest", Versions.class.getName(), "dev.chaostest/chaos-junit5"),
            new Library("JUnit Jupiter", "org.junit.jupiter.api.Test", "org.junit.jupiter/junit-jupiter-api"),
            new Library("pgjdbc", "org.postgresql.Driver", "org.postgresql/postgresql"),
            new Library("HikariCP", "com.zaxxer.hikari.HikariDataSource", "com.zaxxer/HikariCP"));

    private Versions() {}

    /** JVM and machine, and the libraries that are there. */
    static List<String> lines() {
        Runtime machine = Runtime.getRuntime();
        return Stream.concat(
                        LIBRARIES.stream().flatMap(library -> library.line().stream()),
                        Stream.of(
                                "JDK " + Runtime.version() + " of " + System.getProperty("java.vendor"),
                                System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
                                        + System.getProperty("os.arch") + ", " + machine.availableProcessors()
                                        + " processors, heap of at most " + machine.maxMemory() / (1 << 20) + " MiB"))
                .toList();
    }

    /** Found by name, since most of them need not be there. */
    private record Library(String name, String type, String artifact) {

        Optional<String> line() {
            try {
                Class<?> found = Class.forName(type, false, Versions.class.getClassLoader());
                return Optional.of(name + " " + version(found));
            } catch (ClassNotFoundException | LinkageError absent) {
                return Optional.empty();
            }
        }

        private String version(Class<?> found) {
            String inManifest = found.getPackage().getImplementationVersion();
            return inManifest != null ? inManifest : inJar(found).orElse("(not from a jar)");
        }

        private Optional<String> inJar(Class<?> found) {
            try (InputStream in = found.getResourceAsStream("/META-INF/maven/" + artifact + "/pom.properties")) {
                Properties properties = new Properties();
                if (in != null) {
                    properties.load(in);
                }
                return Optional.ofNullable(properties.getProperty("version"));
            } catch (IOException e) {
                return Optional.empty();
            }
        }
    }
}
