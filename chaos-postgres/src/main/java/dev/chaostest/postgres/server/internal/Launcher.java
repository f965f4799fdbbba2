// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.internal;

import dev.chaostest.postgres.server.PostgresUnavailableException;
import dev.chaostest.postgres.server.ServerData;
import dev.chaostest.postgres.server.ServerOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Binaries, template and place, found once; starts any number of servers from them.
 *
 * <p>Immutable, safe for use by many threads.
 */
public final class Launcher {
    private final Host host;
    private final ProcessUser user;
    private final Binaries binaries;
    private final Template template;
    private final DataPlace place;
    private final Map<String, String> settings;
    private final SmallDisks disks;

    private Launcher(Host host, ProcessUser user, Binaries binaries, Path cache, ServerOptions options) {
        this.host = host;
        this.user = user;
        this.binaries = binaries;
        this.template = Template.of(binaries, cache, user, host, options.checksums());
        this.place = DataPlace.choose(host, options.directory());
        this.settings = options.settings();
        this.disks = SmallDisks.choose(options.disks(), host, place.parent());
        new Orphans(place, host).clear();
    }

    /** Finds, unpacks and initialises what is needed, here and as whom it works. */
    public static Launcher prepare(ServerOptions options) {
        Host host = Host.current();
        return prepare(options, host, ProcessUser.choose(host), Launcher.class.getClassLoader());
    }

    static Launcher prepare(ServerOptions options, Host host, ProcessUser user, ClassLoader loader) {
        boolean installed = options.home().isPresent();
        Archive archive = installed ? null : Archive.find(Platform.of(host), loader);
        Path cache = new CacheDirectory(host, user).choose(options.directory());
        Binaries binaries = archive == null
                ? Binaries.installed(options.home().orElseThrow(), host)
                : Binaries.unpacked(archive, cache, host);
        String origin = archive == null ? "chaos.postgres.home" : "the class path";
        options.major().ifPresent(major -> binaries.require(major, origin));
        binaries.requireSupported(origin);
        return new Launcher(host, user, binaries, cache, options);
    }

    /** What the binaries say of themselves. */
    public Version version() {
        return binaries.version();
    }

    /** Starts a server with fresh data of its own; ready for connections on return. */
    public RunningServer start() {
        return start(Map.of());
    }

    /** The same, with settings that win over those of the options. */
    public RunningServer start(Map<String, String> more) {
        return start(ServerData.copyOf(template.directory()), more);
    }

    /** Starts a server on given data, with settings that win over those of the options. */
    public RunningServer start(ServerData data, Map<String, String> more) {
        Map<String, String> all = new LinkedHashMap<>(disks.settings());
        all.putAll(settings);
        all.putAll(more);
        ServerHome home = null;
        try {
            home = new ServerHome(place.create(user));
            return new Start(host, disks.user(user), binaries, template.locale(), data, all, disks, Start::freePort)
                    .run(home);
        } catch (IOException e) {
            if (home != null) {
                Trees.deleteQuietly(home.directory());
            }
            throw new PostgresUnavailableException(
                    "PostgreSQL " + version() + " must start in " + place.parent()
                            + " (40 MB), but that failed: " + e + ". Make room there, or set chaos.postgres.directory"
                            + " to another directory.",
                    e);
        }
    }
}
