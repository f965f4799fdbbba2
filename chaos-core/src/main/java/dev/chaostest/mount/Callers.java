// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.mount;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the frame of the code under test on the current stack.
 *
 * @since 0.1
 */
public final class Callers {

    private static final Set<String> PLATFORM = Set.of("java.", "javax.", "jdk.", "sun.", "com.sun.");
    private static final Set<String> OURS = Set.of(
            "dev.chaostest.plan.",
            "dev.chaostest.ledger.",
            "dev.chaostest.mount.",
            "dev.chaostest.link.",
            "dev.chaostest.call.",
            "dev.chaostest.explore.");

    private Callers() {}

    /** The nearest frame outside the platform, this library's seams and the given packages, as {@code Class.method:line}. */
    public static @Nullable String nearest(Set<String> machinery) {
        return StackWalker.getInstance()
                .walk(frames -> frames.filter(frame -> isCode(frame, machinery)).findFirst())
                .map(Callers::print)
                .orElse(null);
    }

    /**
     * As {@link #nearest(Set)}, and the frames that called it, the nearest first. To be {@linkplain #print printed} only where
     * somebody reads them: looking up lines is what costs.
     *
     * @param runners packages of what runs the code: it and what is behind it are left out
     * @param most how many frames at most
     */
    public static List<StackWalker.StackFrame> frames(Set<String> machinery, Set<String> runners, int most) {
        return StackWalker.getInstance()
                .walk(frames -> frames.takeWhile(frame -> startsWithNone(frame.getClassName(), runners))
                        .filter(frame -> isCode(frame, machinery))
                        .limit(most)
                        .toList());
    }

    private static boolean isCode(StackWalker.StackFrame frame, Set<String> machinery) {
        String name = frame.getClassName();
        return startsWithNone(name, PLATFORM) && startsWithNone(name, OURS) && startsWithNone(name, machinery);
    }

    private static boolean startsWithNone(String name, Set<String> prefixes) {
        return prefixes.stream().noneMatch(name::startsWith);
    }

    /** A frame as {@code Class.method:line}. */
    public static String print(StackWalker.StackFrame frame) {
        String type = frame.getClassName();
        return type.substring(type.lastIndexOf('.') + 1) + "." + frame.getMethodName() + ":" + frame.getLineNumber();
    }
}
