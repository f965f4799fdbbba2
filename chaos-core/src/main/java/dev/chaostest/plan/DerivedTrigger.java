// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

/** A trigger that strikes where another would, with a limit or an extension of its own. */
sealed interface DerivedTrigger extends Trigger {

    /** The other. */
    Trigger trigger();

    @Override
    default boolean canStrike() {
        return trigger().canStrike();
    }

    @Override
    default boolean isTimed() {
        return trigger().isTimed();
    }

    @Override
    default boolean isDrawn() {
        return trigger().isDrawn();
    }

    /** See {@link Trigger#times}. */
    record Times(Trigger trigger, long most) implements DerivedTrigger {
        public Times {
            PlainTrigger.requirePositive("the number of times", most);
        }

        @Override
        public boolean isDue(Occasion occasion) {
            return occasion.struck() < most && trigger.isDue(occasion);
        }

        @Override
        public long mustStrike() {
            return Math.min(most, trigger.mustStrike());
        }

        @Override
        public String toString() {
            return trigger + ", at most " + most + (most == 1 ? " time" : " times");
        }
    }

    /** See {@link Trigger#onwards}. */
    record Onwards(Trigger trigger) implements DerivedTrigger {
        @Override
        public boolean isDue(Occasion occasion) {
            return occasion.struck() > 0 || trigger.isDue(occasion);
        }

        @Override
        public long mustStrike() {
            return Math.min(1, trigger.mustStrike());
        }

        @Override
        public String toString() {
            return trigger + ", and every time from then on";
        }
    }

    /** See {@link Trigger#on}. */
    record OnLane(Trigger trigger, Lane lane) implements DerivedTrigger {
        @Override
        public boolean isDue(Occasion occasion) {
            return occasion.hit().lane().equals(lane) && trigger.isDue(occasion);
        }

        /** None on the other lanes, so none can be asked for. */
        @Override
        public long mustStrike() {
            return 0;
        }

        @Override
        public boolean isCounted() {
            return trigger.isCounted();
        }

        @Override
        public String toString() {
            return trigger + " on lane " + lane;
        }
    }
}
