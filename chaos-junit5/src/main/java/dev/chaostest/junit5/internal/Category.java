// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.junit5.ChaosTags;
import dev.chaostest.plan.internal.Nearest;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What a chaos test is about; named as the constants of {@link ChaosTags}. */
enum Category {
    PROPERTY(ChaosTags.PROPERTY),
    CONCURRENT(ChaosTags.CONCURRENT),
    TRANSACTION(ChaosTags.TRANSACTION),
    RESOURCE(ChaosTags.RESOURCE),
    CORRUPTION(ChaosTags.CORRUPTION),
    RECOVERY(ChaosTags.RECOVERY),
    LOAD(ChaosTags.LOAD),
    MIGRATION(ChaosTags.MIGRATION),
    INTEGRITY(ChaosTags.INTEGRITY),
    CRASH(ChaosTags.CRASH);

    static final String PREFIX = "chaos-";

    private final String tag;

    Category(String tag) {
        this.tag = tag;
    }

    /** The category with this tag. */
    static Optional<Category> of(String tag) {
        return Arrays.stream(values()).filter(each -> each.tag.equals(tag)).findFirst();
    }

    /** The category that was probably meant. */
    static Category nearest(String tag) {
        List<String> tags = Arrays.stream(values()).map(each -> each.tag).toList();
        return of(Nearest.of(tag, tags)).orElseThrow();
    }

    String tag() {
        return tag;
    }

    /** As it is written in a test. */
    String annotation() {
        return "@Tag(ChaosTags." + name() + ")";
    }
}
