// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import dev.chaostest.mount.Strike.Blow;
import dev.chaostest.postgres.wire.Sabotage;
import dev.chaostest.postgres.wire.internal.Expected.Kind;
import dev.chaostest.postgres.wire.protocol.internal.Messages;
import java.nio.ByteBuffer;
import java.util.IdentityHashMap;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Keeps a sabotage from the client's eyes: what it gets to see of answers to what it did not quite ask for. */
final class Cover {

    private static final Pattern COUNT = Pattern.compile("(SELECT|FETCH) (\\d+)");

    private final Session session;
    private final IdentityHashMap<Expected, Disguise> disguises = new IdentityHashMap<>();

    Cover(Session session) {
        this.session = session;
    }

    /** Who hears of each result, from 0, and its tag. */
    @FunctionalInterface
    interface Told {
        void completed(int result, String tag);
    }

    /** How one reply is to look. */
    static final class Disguise {
        private final Deed deed;
        private final int shown;
        private final UnaryOperator<String> renamed;
        private final Told told;
        private boolean unready;
        private int result;
        private int hiddenRows;

        private Disguise(Deed deed, int shown, UnaryOperator<String> renamed, Told told) {
            this.deed = deed;
            this.shown = shown;
            this.renamed = renamed;
            this.told = told;
        }

        /** Nothing is changed. */
        static Disguise none(Deed deed, Told told) {
            return new Disguise(deed, 0, tag -> tag, told);
        }

        /** The tag says something else. */
        static Disguise named(Deed deed, String tag) {
            return new Disguise(deed, 0, real -> tag, (result, real) -> deed.done());
        }

        /** Of several results only this one is shown, from 0. */
        static Disguise only(Deed deed, int shown, Told told) {
            return new Disguise(deed, shown, tag -> tag, told);
        }

        /** As {@link #only}; somebody else tells the client that the server is ready. */
        static Disguise unready(Deed deed, int shown, Told told) {
            Disguise disguise = only(deed, shown, told);
            disguise.unready = true;
            return disguise;
        }

        private boolean isSecondRun(Expected expected) {
            return deed.what() == Sabotage.RUN_TWICE && (expected.kind() == Kind.EXECUTE || result == 1);
        }

        /** Whether it is known already that nothing comes of it. */
        boolean isOver() {
            return deed.isTold();
        }

        private String tag(String real) {
            Matcher count = COUNT.matcher(real);
            return hiddenRows > 0 && count.matches()
                    ? count.group(1) + " " + (Long.parseLong(count.group(2)) - hiddenRows)
                    : renamed.apply(real);
        }
    }

    /** Whether there is nothing to keep. */
    boolean isEmpty() {
        return disguises.isEmpty();
    }

    void put(Expected expected, Disguise disguise) {
        disguises.put(expected, disguise);
    }

    /** Whether the row that has just come is not to be shown. */
    boolean hidesRow(@Nullable Expected of, Call call) {
        Blow blow = call.sabotage();
        if (blow == null || of == null) {
            return false;
        }
        Deed deed = new Deed(blow);
        disguises.computeIfAbsent(of, key -> Disguise.none(deed, (result, tag) -> {})).hiddenRows++;
        deed.done();
        return true;
    }

    /**
     * Whether a message passes as it is; a tag that is to say something else has been sent then.
     *
     * @param shown whether it would be shown without any disguise
     */
    boolean isPassed(Expected expected, byte type, ByteBuffer seen, int body, boolean shown) {
        Disguise disguise = disguises.isEmpty() ? null : disguises.get(expected);
        if (disguise == null) {
            return shown;
        }
        if (type == 'Z') {
            disguises.remove(expected);
            return shown && !disguise.unready;
        }
        boolean passed = shown && (expected.kind() != Kind.QUERY || disguise.result == disguise.shown);
        String tag = type == 'C' ? Messages.read(seen.duplicate().position(body)) : "";
        if (type == 'C' || type == 'I' || type == 's') {
            ended(expected, disguise, tag);
        }
        return passed && !isRenamed(disguise, tag);
    }

    private void ended(Expected expected, Disguise disguise, String tag) {
        if (expected.kind() == Kind.EXECUTE) {
            disguises.remove(expected);
        }
        disguise.told.completed(disguise.result++, tag);
    }

    private boolean isRenamed(Disguise disguise, String tag) {
        String renamed = tag.isEmpty() ? "" : disguise.tag(tag);
        if (renamed.equals(tag)) {
            return false;
        }
        session.steps().toClient(Messages.message('C', Messages.text(renamed)));
        return true;
    }

    /**
     * The server reported an error: what was to come does not.
     *
     * @param failed what has failed
     */
    @SuppressWarnings("ReferenceEquality") // equal ones are owed for other messages
    void failed(@Nullable Expected failed, String state) {
        if (!disguises.isEmpty()) {
            disguises.forEach((expected, each) -> {
                if (expected == failed && each.isSecondRun(expected)) {
                    each.deed.refusedWith(state);
                } else {
                    each.deed.notDone("the server answered " + state);
                }
            });
            disguises.keySet().removeIf(each -> each.kind() != Kind.QUERY);
        }
    }
}
