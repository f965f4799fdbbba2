// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.cluster;

/** Who follows a new primary, and how. */
final class Followers {

    private Followers() {}

    /** What has got no more than the new primary had goes on with its data; else the histories have forked. */
    static void lead(Follower follower, Follower primary) {
        if (follower.position().received().compareTo(primary.promotedAt()) <= 0) {
            follower.follow(primary.server());
        } else {
            follower.rebase(primary.server());
        }
    }
}
