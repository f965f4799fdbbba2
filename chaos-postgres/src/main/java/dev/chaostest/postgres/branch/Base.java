// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.branch;

import dev.chaostest.postgres.cluster.internal.BaseBackup;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A copy to begin from, and the futures that it leads to.
 *
 * @param timelines on which its end is a moment of the past; one that forked before its end is not among them
 */
record Base(BaseBackup backup, Set<Integer> timelines) {

    static Base of(BaseBackup backup) {
        Set<Integer> own = ConcurrentHashMap.newKeySet();
        own.add(backup.timeline());
        return new Base(backup, own);
    }

    /** The same copy in another history, whose futures are its own. */
    Base copy() {
        Set<Integer> own = ConcurrentHashMap.newKeySet();
        own.addAll(timelines);
        return new Base(backup, own);
    }

    boolean leadsTo(Goal goal) {
        return timelines.contains(goal.timeline()) && goal.isAfter(backup);
    }
}
