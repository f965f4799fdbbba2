// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server;

import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Says which PostgreSQL to start and where.
 *
 * <p>By default:
 *
 * <ul>
 *   <li>the binaries on the class path, whatever their version,
 *   <li>unpacked once per machine into the user's cache directory,
 *   <li>data in memory ({@code /dev/shm}) where there is room, else in the JVM's temporary directory,
 *   <li>settings that make tests fast and still lose no acknowledged commit when the server is killed.
 * </ul>
 *
 * <pre>{@code
 * var options = ServerOptions.ofDefaults().withSetting("max_connections", "500");
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param home an installed PostgreSQL: a directory with {@code bin/postgres} and {@code bin/initdb}
 * @param major the major version that must be found, such as 16
 * @param directory where everything is put: unpacked binaries, templates and data
 * @param settings server settings besides our own, by name; they win over ours
 * @param checksums whether pages have checksums, as they have by default from PostgreSQL 18 on
 * @param disks what is on a small disk of its own, and how many bytes that holds
 * @since 0.1
 */
public record ServerOptions(
        Optional<Path> home,
        Optional<Integer> major,
        Optional<Path> directory,
        Map<String, String> settings,
        boolean checksums,
        Map<ServerDisk, Long> disks) {

    /**
     * Checks the options; nothing is opened or started.
     *
     * @throws IllegalArgumentException if the major version is not a supported one, or a disk too small
     */
    public ServerOptions {
        Objects.requireNonNull(home, "home");
        Objects.requireNonNull(directory, "directory");
        if (major.isPresent() && major.get() < 15) {
            throw new IllegalArgumentException("PostgreSQL's major version must be 15 or later, but was " + major.get()
                    + ". Ask for 15, 16, 17 or 18.");
        }
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        disks = Map.copyOf(disks);
        disks.forEach(ServerOptions::requireRoom);
    }

    private static void requireRoom(ServerDisk disk, long bytes) {
        if (bytes < disk.bytesMin()) {
            throw new IllegalArgumentException("The disk for " + disk + " must hold at least " + (disk.bytesMin() >> 20)
                    + " MB, but was " + bytes + " bytes. Give it more, and fill it with ServerFaults.fill.");
        }
    }

    /**
     * The defaults listed above.
     *
     * @return the defaults
     */
    public static ServerOptions ofDefaults() {
        return new ServerOptions(Optional.empty(), Optional.empty(), Optional.empty(), Map.of(), false, Map.of());
    }

    /**
     * Starts an installed PostgreSQL instead of the binaries on the class path.
     *
     * @param newHome a directory with {@code bin/postgres} and {@code bin/initdb}
     * @return changed options
     */
    public ServerOptions withHome(Path newHome) {
        return new ServerOptions(Optional.of(newHome), major, directory, settings, checksums, disks);
    }

    /**
     * Insists on a major version.
     *
     * @param newMajor 15 or later
     * @return changed options
     * @throws IllegalArgumentException if the major version is not a supported one
     */
    public ServerOptions withMajor(int newMajor) {
        return new ServerOptions(home, Optional.of(newMajor), directory, settings, checksums, disks);
    }

    /**
     * Puts binaries, templates and data below one directory of the caller.
     *
     * @param newDirectory made when missing
     * @return changed options
     */
    public ServerOptions withDirectory(Path newDirectory) {
        return new ServerOptions(home, major, Optional.of(newDirectory), settings, checksums, disks);
    }

    /**
     * Sets a server setting as {@code -c name=value} would.
     *
     * @param name such as {@code work_mem}
     * @param value such as {@code 64MB}
     * @return changed options
     */
    public ServerOptions withSetting(String name, String value) {
        Map<String, String> changed = new LinkedHashMap<>(settings);
        changed.put(name, value);
        return new ServerOptions(home, major, directory, changed, checksums, disks);
    }

    /**
     * Gives every page a checksum, so that a damaged one is noticed when it is read. From PostgreSQL 18 on that is so by
     * default.
     *
     * @return changed options
     */
    public ServerOptions withChecksums() {
        return new ServerOptions(home, major, directory, settings, true, disks);
    }

    /**
     * Puts something on a small disk of its own, in memory, which goes with the server. Needs Linux, and an account that may
     * mount in a namespace of its own.
     *
     * @param disk what
     * @param bytes how large, at least what {@link ServerDisk} says
     * @return changed options
     * @throws IllegalArgumentException if that is too small
     */
    public ServerOptions withDisk(ServerDisk disk, long bytes) {
        Map<ServerDisk, Long> changed = new HashMap<>(disks);
        changed.put(disk, bytes);
        return new ServerOptions(home, major, directory, settings, checksums, changed);
    }
}
