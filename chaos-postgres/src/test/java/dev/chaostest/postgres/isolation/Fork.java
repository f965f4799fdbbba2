// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation;

import dev.chaostest.Run;
import dev.chaostest.plan.ChaosException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.postgresql.ds.PGSimpleDataSource;

/** Another JVM that takes one database with a script, as a second process of the same build does. */
final class Fork implements AutoCloseable {

    private final Process process;
    private final BufferedReader answers;

    private Fork(Process process) {
        this.process = process;
        this.answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    static Fork start(Run run, Path script) throws IOException {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                IsolationTestServer.url(),
                run.id(),
                "file:" + script);
        return new Fork(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** The name of its database; waits for it. */
    String database() throws IOException {
        String line = answers.readLine();
        if (line == null || !line.startsWith("chaos_")) {
            throw new IOException("The other JVM has no database, but said: " + line);
        }
        return line;
    }

    /** As kill -9. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** What runs in the other JVM. */
    static final class Main {

        private Main() {}

        public static void main(String[] arguments) throws IOException {
            PGSimpleDataSource admin = new PGSimpleDataSource();
            admin.setUrl(arguments[0]);
            admin.setUser("postgres");
            admin.setPassword("postgres");
            DatabaseOptions options =
                    DatabaseOptions.ofDefaults(new Run(arguments[1])).withScripts(Main.class, arguments[2]);
            try {
                System.out.println(TestDatabase.create(admin, options).name());
            } catch (ChaosException e) {
                System.out.println(e.getMessage());
            }
            System.in.read();
        }
    }
}
