// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.junit5.ChaosTags;
import dev.chaostest.junit5.ChaosTest;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.TestTag;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.PostDiscoveryFilter;

/**
 * Fails the discovery if a test has no category. Filters nothing.
 *
 * <p>The launcher asks the filters that it finds by the ServiceLoader before those of the build, about each leaf. At the
 * first one all tests are still there, also those that a selection by tags is going to remove, so all of them are looked
 * at then. A launcher lets through what a filter throws, unlike what a listener throws: the build is red.
 */
public final class CategoryFilter implements PostDiscoveryFilter {

    private volatile WeakReference<TestDescriptor> checked = new WeakReference<>(null);

    @Override
    public FilterResult apply(TestDescriptor leaf) {
        TestDescriptor root = leaf;
        for (Optional<TestDescriptor> up = leaf.getParent(); up.isPresent(); up = root.getParent()) {
            root = up.get();
        }
        if (checked.get() != root) {
            requireCategories(root);
            checked = new WeakReference<>(root);
        }
        return FilterResult.included("every test is");
    }

    private static void requireCategories(TestDescriptor root) {
        List<TaggedTest> tests = new ArrayList<>();
        root.accept(each -> {
            if (each.isTest() || each.getSource().orElse(null) instanceof MethodSource) {
                tests.add(tagged(each));
            }
        });
        TaggedTest.requireCategories(tests);
    }

    private static TaggedTest tagged(TestDescriptor test) {
        List<String> tags = test.getTags().stream().map(TestTag::getName).toList();
        if (!(test.getSource().orElse(null) instanceof MethodSource method)) {
            return TaggedTest.of(test.getDisplayName(), false, tags);
        }
        boolean isChaosTest = tags.contains(ChaosTags.CHAOS) // the others need no class to be loaded
                && AnnotationSupport.isAnnotated(method.getJavaMethod(), ChaosTest.class);
        String type = method.getClassName();
        return TaggedTest.of(
                type.substring(type.lastIndexOf('.') + 1) + "." + method.getMethodName(), isChaosTest, tags);
    }
}
