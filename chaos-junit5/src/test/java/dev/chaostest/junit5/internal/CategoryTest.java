// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.junit5.ChaosTags;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CategoryTest {

    @Test
    void theCategoriesAreTheConstantsWithThePrefix() throws IllegalAccessException {
        Map<String, String> constants = new TreeMap<>();
        for (Field field : ChaosTags.class.getFields()) {
            if (field.get(null) instanceof String tag && tag.startsWith(Category.PREFIX)) {
                constants.put(field.getName(), tag);
            }
        }
        Map<String, String> categories = new TreeMap<>();
        Arrays.stream(Category.values()).forEach(category -> categories.put(category.name(), category.tag()));

        assertThat(categories).isEqualTo(constants).hasSize(10);
    }

    @Test
    void aLongListIsCutOff() {
        assertThatThrownBy(() -> TaggedTest.requireCategories(IntStream.range(0, 60)
                        .mapToObj(i -> TaggedTest.of("ATest.test" + i, true, List.of()))
                        .toList()))
                .hasMessageContaining("that does not hold for 60 tests")
                .hasMessageContaining("\n  and 10 more\n");
    }
}
