// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.internal;

import dev.chaostest.postgres.server.PostgresUnavailableException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** As whom server processes run: PostgreSQL refuses to run as root. */
public sealed interface ProcessUser {

    /** What goes before a command so that it runs as this user. */
    List<String> prefix();

    /** Makes a directory with all it holds this user's own. */
    void own(Path tree) throws IOException;

    /** Whether this user sees only what is open to everyone, so that paths must be open too. */
    boolean isStranger();

    /** The command of this user. */
    default List<String> command(List<String> command) {
        List<String> all = new ArrayList<>(prefix());
        all.addAll(command);
        return all;
    }

    /** The account of the JVM itself; not for root. */
    record SameUser() implements ProcessUser {
        @Override
        public List<String> prefix() {
            return List.of();
        }

        @Override
        public void own(Path tree) {}

        @Override
        public boolean isStranger() {
            return false;
        }
    }

    /** Root outside, nobody inside a user namespace: files stay root's, and the server sees no root. */
    record UserNamespace() implements ProcessUser {
        @Override
        public List<String> prefix() {
            return List.of("unshare", "-U");
        }

        @Override
        public void own(Path tree) {}

        @Override
        public boolean isStranger() {
            return false;
        }
    }

    /** Another account, for containers that refuse user namespaces. */
    record OtherUser(int uid, int gid) implements ProcessUser {
        /** The account that owns nothing. */
        static final OtherUser NOBODY = new OtherUser(65534, 65534);

        @Override
        public List<String> prefix() {
            return List.of("setpriv", "--reuid", "" + uid, "--regid", "" + gid, "--clear-groups");
        }

        @Override
        public void own(Path tree) throws IOException {
            Trees.own(tree, uid, gid);
        }

        @Override
        public boolean isStranger() {
            return true;
        }
    }

    /** The first that works here; never touches anything. */
    static ProcessUser choose(Host host) {
        if (!host.isRoot() && host.isNamed()) {
            return new SameUser();
        }
        // initdb refuses root, and a user whom the machine can't name, as containers often have.
        ProcessUser last = host.isRoot() ? OtherUser.NOBODY : new SameUser();
        Commands commands = new Commands(host, "C");
        List<String> tried = new ArrayList<>();
        for (ProcessUser candidate : List.of(new UserNamespace(), last)) {
            Commands.Outcome outcome = commands.run(candidate.command(List.of("true")));
            if (outcome.isSuccess()) {
                return candidate;
            }
            tried.add(String.join(" ", candidate.prefix()) + " (" + outcome.output() + ")");
        }
        throw new PostgresUnavailableException(
                "PostgreSQL must not run as root, but no other user could be had. Tried: "
                        + String.join("; ", tried) + ". Run the tests as an ordinary user, allow user namespaces,"
                        + " or set chaos.jdbc.url to a running PostgreSQL.");
    }
}
