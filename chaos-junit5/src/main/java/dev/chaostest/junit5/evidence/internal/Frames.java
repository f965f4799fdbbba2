// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.evidence.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Stack frames as a person reads them: those of the machinery that calls a test are folded into one line. */
final class Frames {

    private static final int FOLDED_MIN = 3;
    /** Possessive: any line of any message is tried, and one of slashes only would take for ever. */
    private static final Pattern MACHINERY =
            Pattern.compile("\\s+at (?:[^/(\\s]*+/++)*+(?:org\\.junit\\.|org\\.apache\\.maven\\.surefire\\.|"
                    + "(?:java|jdk\\.internal)\\.(?:lang\\.)?reflect\\.|"
                    + "java\\.util\\.(?:stream|Optional|ArrayList|Spliterator|concurrent\\.ForkJoin)).*");

    private Frames() {}

    /** Without class loader and module, as an exception shows it. */
    static String of(StackTraceElement frame) {
        String file = frame.getFileName() == null ? "Unknown Source" : frame.getFileName();
        String line = frame.getLineNumber() < 0 ? "" : ":" + frame.getLineNumber();
        String place = frame.isNativeMethod() ? "Native Method" : file + line;
        return "    at " + frame.getClassName() + "." + frame.getMethodName() + "(" + place + ")";
    }

    /** The same lines, with one for each run of three or more frames of the machinery. */
    static List<String> folded(List<String> lines) {
        List<String> folded = new ArrayList<>();
        int run = 0;
        for (int i = 0; i <= lines.size(); i++) {
            if (i < lines.size() && MACHINERY.matcher(lines.get(i)).matches()) {
                run++;
                continue;
            }
            if (run >= FOLDED_MIN) {
                String first = lines.get(i - run);
                folded.add(first.substring(0, first.indexOf("at ")) + "... " + run + " frames of JUnit and the JDK");
            } else {
                folded.addAll(lines.subList(i - run, i));
            }
            run = 0;
            if (i < lines.size()) {
                folded.add(lines.get(i));
            }
        }
        return folded;
    }
}
