// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.fault.internal;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.FaultUnavailableException;
import java.util.ArrayList;
import java.util.List;

/**
 * Limits what one backend may take of the machine; only its soft limit, so that no privilege is needed.
 *
 * @param resource as prlimit calls it: {@code as}, {@code nofile}, {@code fsize}
 * @param command prlimit, or where it is
 */
public record ResourceLimit(Session session, String resource, long limit, String command) implements Act {

    public ResourceLimit(Session session, String resource, long limit) {
        this(session, resource, limit, "prlimit");
    }

    /** Memory that is mapped already stays; so much may still come. */
    public static ResourceLimit memory(Session session, long moreBytes) {
        return new ResourceLimit(session, "as", session.mappedBytes() + moreBytes);
    }

    /** Fails where this machine can't do it, before anything is done. */
    public ResourceLimit require() {
        session.require();
        Command.Outcome outcome = run("--" + resource, "--output", "SOFT");
        if (!outcome.isSuccess()) {
            throw new FaultUnavailableException("A limit of one process must be set by prlimit, but it ended with "
                    + outcome.status() + " and said: " + outcome.output()
                    + ". That takes Linux with util-linux, and the server's own user or root.");
        }
        return this;
    }

    @Override
    public Undo strike() {
        String before = read();
        set("" + limit);
        String now = read();
        if (!now.equals("" + limit)) {
            set(before);
            throw new ChaosException("Backend " + session.pid() + " must have the limit " + limit + " of " + resource
                    + ", but has " + now + ". Take a limit that is not above the hard one.");
        }
        return () -> restore(before);
    }

    private String restore(String before) {
        if (!session.process().isAlive()) {
            return "backend " + session.pid() + " is gone, and its limit with it";
        }
        set(before);
        String now = read();
        if (!now.equals(before)) {
            throw new ChaosException("Backend " + session.pid() + " must have its limit " + before + " of " + resource
                    + " again, but has " + now + ". End its session.");
        }
        return "its limit is " + now + " again";
    }

    private String read() {
        return run("--" + resource, "--raw", "--noheadings", "--output", "SOFT").output();
    }

    private void set(String soft) {
        Command.Outcome outcome = run("--" + resource + "=" + soft + ":");
        if (!outcome.isSuccess()) {
            throw new FaultUnavailableException("prlimit must set " + resource + " of backend " + session.pid() + " to "
                    + soft + ", but it ended with " + outcome.status() + " and said: " + outcome.output()
                    + ". That takes the server's own user or root.");
        }
    }

    private Command.Outcome run(String... options) {
        List<String> words = new ArrayList<>(List.of(command, "--pid", "" + session.pid()));
        words.addAll(List.of(options));
        return new Command(words).run();
    }
}
