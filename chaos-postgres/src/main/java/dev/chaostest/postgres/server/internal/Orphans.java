// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.internal;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Clears away servers whose JVM and shell were both killed, as when a machine runs out of memory or a job's whole process
 * tree is ended. Touches only directories of this account whose JVM is certainly gone.
 */
record Orphans(DataPlace place, Host host) {
    private static final Logger LOG = LoggerFactory.getLogger(Orphans.class);

    void clear() {
        try (DirectoryStream<Path> homes = Files.newDirectoryStream(place.parent(), DataPlace.PREFIX + "*")) {
            for (Path home : homes) {
                if (isOrphan(home)) {
                    LOG.info("A killed JVM left a server in {}; it is removed.", home);
                    clear(home);
                }
            }
        } catch (IOException e) {
            LOG.debug("Servers of killed JVMs in {} are left alone", place.parent(), e);
        }
    }

    private boolean isOrphan(Path home) throws IOException {
        // Others could otherwise have us end processes and delete files for them.
        return Files.isDirectory(home)
                && Host.uidOf(home) == host.uid()
                && Owner.read(home).filter(Owner::isDead).isPresent();
    }

    private void clear(Path home) throws IOException {
        Path binary = Owner.read(home).map(Owner::binary).orElse(home);
        // A shell whose input has ended already does just that, and needs nobody to wait for it.
        Supervisor.clear(home, binary, host);
    }
}
