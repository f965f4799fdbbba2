// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.evidence.internal;

import java.lang.management.LockInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.MonitorInfo;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All threads of this JVM: deadlocks first, then the test's own, then those that wait for a lock of another. */
final class ThreadDump {

    private static final int THREADS_MAX = 500;
    private static final int FRAMES_MAX = 100;

    private final long tested;
    private final ThreadInfo[] all;

    private ThreadDump(long tested, ThreadInfo[] all) {
        this.tested = tested;
        this.all = all;
    }

    @SuppressWarnings("deprecation") // Thread.getId: its successor is of JDK 19
    static List<String> lines(Thread tested) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        List<String> lines = deadlock(threads);
        ThreadDump dump = new ThreadDump(tested.getId(), threads.dumpAllThreads(true, true));
        if (Stream.of(dump.all).noneMatch(dump::isTested)) { // a virtual one
            lines.add("\"" + tested.getName() + "\", " + tested.getState() + ", runs the test");
            lines.addAll(Frames.folded(Arrays.stream(tested.getStackTrace())
                    .limit(FRAMES_MAX)
                    .map(Frames::of)
                    .toList()));
        }
        lines.addAll(dump.lines());
        return lines;
    }

    private static List<String> deadlock(ThreadMXBean threads) {
        long[] found = threads.findDeadlockedThreads();
        List<String> lines = new ArrayList<>();
        if (found != null) {
            lines.add("DEADLOCK of " + found.length + " threads:");
            for (ThreadInfo thread : threads.getThreadInfo(found)) {
                if (thread != null) {
                    lines.add("  " + head(thread));
                }
            }
            lines.add("");
        }
        return lines;
    }

    /** Threads with the same stack are one entry. */
    private List<String> lines() {
        long asking = Thread.currentThread().getId();
        Map<List<String>, List<ThreadInfo>> byStack = Stream.of(all)
                .filter(thread -> thread != null && !thread.getThreadName().equals(Inquiry.THREAD))
                .filter(thread -> isTested(thread) || thread.getThreadId() != asking)
                .limit(THREADS_MAX)
                .sorted(Comparator.comparingInt(this::rank).thenComparing(ThreadInfo::getThreadName))
                .collect(Collectors.groupingBy(this::stack, LinkedHashMap::new, Collectors.toList()));
        List<String> lines = new ArrayList<>();
        byStack.forEach((stack, alike) -> {
            lines.add(alike.size() == 1 ? head(alike.get(0)) + mark(alike.get(0)) : heads(alike));
            lines.addAll(Frames.folded(stack.subList(1, stack.size())));
        });
        return lines;
    }

    private boolean isTested(ThreadInfo thread) {
        return thread.getThreadId() == tested;
    }

    private String mark(ThreadInfo thread) {
        return isTested(thread) ? ", runs the test" : "";
    }

    private int rank(ThreadInfo thread) {
        if (isTested(thread)) {
            return 0;
        }
        if (thread.getLockOwnerName() != null) {
            return 1;
        }
        return Arrays.stream(thread.getStackTrace()).allMatch(ThreadDump::isOfTheJdk) ? 3 : 2;
    }

    private static boolean isOfTheJdk(StackTraceElement frame) {
        String type = frame.getClassName();
        return type.startsWith("java.") || type.startsWith("jdk.") || type.startsWith("sun.");
    }

    private static String head(ThreadInfo thread) {
        LockInfo lock = thread.getLockInfo();
        String owner = thread.getLockOwnerName() == null ? "" : ", held by \"" + thread.getLockOwnerName() + "\"";
        return "\"" + thread.getThreadName() + "\", " + thread.getThreadState()
                + (lock == null ? "" : " for " + lock + owner);
    }

    private static String heads(List<ThreadInfo> alike) {
        return alike.size() + " threads, " + alike.get(0).getThreadState() + ": "
                + alike.stream()
                        .map(thread -> "\"" + thread.getThreadName() + "\"")
                        .collect(Collectors.joining(", "));
    }

    /** What is the same for threads that are alike; the first line keeps apart those that hold or want a lock. */
    private List<String> stack(ThreadInfo thread) {
        List<String> lines = new ArrayList<>();
        boolean alone = isTested(thread)
                || thread.getLockOwnerName() != null
                || thread.getLockedMonitors().length + thread.getLockedSynchronizers().length > 0;
        lines.add(alone ? "#" + thread.getThreadId() : thread.getThreadState().toString());
        StackTraceElement[] frames = thread.getStackTrace();
        for (int i = 0; i < Math.min(frames.length, FRAMES_MAX); i++) {
            lines.add(Frames.of(frames[i]));
            for (MonitorInfo monitor : thread.getLockedMonitors()) {
                if (monitor.getLockedStackDepth() == i) {
                    lines.add("      holds " + monitor);
                }
            }
        }
        for (LockInfo lock : thread.getLockedSynchronizers()) {
            lines.add("      holds " + lock);
        }
        return lines;
    }
}
