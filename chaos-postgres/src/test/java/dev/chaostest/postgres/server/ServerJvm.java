// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** Another JVM that starts a server and then does what it is told, or dies. */
final class ServerJvm implements AutoCloseable {
    /** What a server of that JVM is. */
    record Seen(long pid, int port, Path data) {}

    private final Process process;
    private final BufferedReader answers;

    private ServerJvm(Process process) {
        this.process = process;
        this.answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Starts a JVM of this account that puts everything below a directory. */
    static ServerJvm start(Path directory) throws IOException {
        return start(List.of(), System.getProperty("java.class.path"), directory.toString());
    }

    /** Starts a JVM of this account with the default places. */
    static ServerJvm start() throws IOException {
        return start(List.of(), System.getProperty("java.class.path"));
    }

    /** Starts a JVM whose directory is a small disk of its own; needs root and the right to mount. */
    static ServerJvm startOnDisk(Path directory, int megabytes) throws IOException {
        String mount = "mount -t tmpfs -o size=" + megabytes + "m none " + directory + " && exec \"$@\"";
        return start(
                List.of("unshare", "-m", "sh", "-c", mount, "sh"),
                System.getProperty("java.class.path"),
                directory.toString());
    }

    /** Starts a JVM of an account that may read nothing of ours, with the default places; needs root. */
    static ServerJvm startAs(int uid, Path home) throws IOException {
        Files.createDirectories(home);
        String classPath = openCopy(home.resolve("lib"));
        Files.setAttribute(home, "unix:uid", uid);
        List<String> prefix = List.of(
                "setpriv",
                "--reuid=" + uid,
                "--regid=" + uid,
                "--clear-groups",
                "env",
                "HOME=" + home,
                "XDG_CACHE_HOME=" + home.resolve("cache"));
        return start(prefix, classPath);
    }

    private static ServerJvm start(List<String> prefix, String classPath, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
        command.addAll(List.of("-cp", classPath, Main.class.getName()));
        command.addAll(List.of(arguments));
        return new ServerJvm(new ProcessBuilder(command)
                .directory(new File("/"))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    Seen seen() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw new IOException("The other JVM ended without a server");
        }
        List<String> fields = List.of(line.split(" ", -1));
        return new Seen(Long.parseLong(fields.get(0)), Integer.parseInt(fields.get(1)), Path.of(fields.get(2)));
    }

    /** What the other JVM says instead of a server. */
    String failure() throws IOException {
        return String.valueOf(answers.readLine());
    }

    long pid() {
        return process.pid();
    }

    /** Lets its main method return without closing the server. */
    void finish() throws IOException {
        try (OutputStream out = process.getOutputStream()) {
            out.write('\n');
        }
    }

    /** As kill -9. */
    void kill() {
        process.destroyForcibly();
    }

    @Override
    public void close() {
        kill();
    }

    private static String openCopy(Path lib) throws IOException {
        Files.createDirectories(lib);
        List<String> copied = new ArrayList<>();
        for (String element : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Path from = Path.of(element);
            if (!element.contains("darwin") && Files.exists(from)) {
                Path to = lib.resolve(copied.size() + "-" + from.getFileName());
                copy(from, to);
                copied.add(to.toString());
            }
        }
        for (Path path = lib; path != null && !path.endsWith("tmp"); path = path.getParent()) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        return String.join(File.pathSeparator, copied);
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                Files.createDirectories(to.resolve(from.relativize(directory).toString()));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Path target = file.equals(from) ? to : to.resolve(from.relativize(file));
                Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** What runs in the other JVM. */
    static final class Main {
        private Main() {}

        public static void main(String[] arguments) throws IOException {
            ServerOptions options = ServerOptions.ofDefaults();
            try {
                PostgresServer server = PostgresServer.start(
                        arguments.length == 0 ? options : options.withDirectory(Path.of(arguments[0])));
                answer(System.out, server);
            } catch (PostgresUnavailableException e) {
                System.out.println(e.getMessage());
            }
            System.in.read();
        }

        private static void answer(PrintStream out, PostgresServer server) {
            out.println(server.pid() + " " + server.port() + " " + server.dataDirectory());
            out.flush();
        }
    }
}
