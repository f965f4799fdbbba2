// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import dev.chaostest.plan.ChaosException;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** Through a real launcher, as builds and IDEs have it; and through the engine alone. */
class CategoriesTest {

    private static final String RULE =
            "Each @ChaosTest must have exactly one category, and a tag that begins with chaos- must be one, but ";
    private static final String ADVICE =
            ". Put one of these tags on the method or on its class; a tag on the method is added to those of the class, "
                    + "it does not replace them.";
    private static final String CHOICE = "\n  choose  : "
            + String.join(
                    "\n            ",
                    "@Tag(ChaosTags.PROPERTY)",
                    "@Tag(ChaosTags.CONCURRENT)",
                    "@Tag(ChaosTags.TRANSACTION)",
                    "@Tag(ChaosTags.RESOURCE)",
                    "@Tag(ChaosTags.CORRUPTION)",
                    "@Tag(ChaosTags.RECOVERY)",
                    "@Tag(ChaosTags.LOAD)",
                    "@Tag(ChaosTags.MIGRATION)",
                    "@Tag(ChaosTags.INTEGRITY)",
                    "@Tag(ChaosTags.CRASH)");

    private static final String OF_WRONG = RULE
            + "that does not hold for 4 tests"
            + ADVICE
            + "\n  none    : CategoriesTest$WrongTestCases$Within.nested"
            + "\n  none    : CategoriesTest$WrongTestCases.none"
            + "\n  several : CategoriesTest$WrongTestCases.several has chaos-crash, chaos-load"
            + "\n  unknown : CategoriesTest$WrongTestCases.misspelt has chaos-transactoin; did you mean "
            + "@Tag(ChaosTags.TRANSACTION)? A tag of yours must begin otherwise."
            + CHOICE;

    @Test
    void theDiscoveryFailsWithAllTestsThatBreakTheRule() {
        assertThatThrownBy(() -> LauncherFactory.create().discover(request(selectClass(WrongTestCases.class))))
                .isInstanceOf(ChaosException.class)
                .hasMessage(OF_WRONG);
    }

    @Test
    void anExecutionFailsBeforeItsFirstTest() {
        List<TestPlan> begun = new ArrayList<>();
        TestExecutionListener listener = new TestExecutionListener() {
            @Override
            public void testPlanExecutionStarted(TestPlan plan) {
                begun.add(plan);
            }
        };

        assertThatThrownBy(() -> LauncherFactory.create().execute(request(selectClass(WrongTestCases.class)), listener))
                .isInstanceOf(ChaosException.class)
                .hasMessage(OF_WRONG);
        assertThat(begun).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"fine", "!chaos"})
    void aSelectionByTagsHidesNothing(String tags) {
        LauncherDiscoveryRequest selected = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(WrongTestCases.class))
                .filters(TagFilter.includeTags(tags))
                .build();

        assertThatThrownBy(() -> LauncherFactory.create().discover(selected)).hasMessage(OF_WRONG);
    }

    @Test
    void aSingleTestAnswersForItselfOnly() {
        assertThatThrownBy(() -> LauncherFactory.create().discover(request(selectMethod(WrongTestCases.class, "none"))))
                .hasMessage(RULE + "that does not hold for one test" + ADVICE
                        + "\n  none    : CategoriesTest$WrongTestCases.none" + CHOICE);

        LauncherFactory.create().discover(request(selectMethod(WrongTestCases.class, "fine")));
    }

    static class WrongTestCases {
        @ChaosTest
        void none() {}

        @ChaosTest
        @Tag(ChaosTags.LOAD)
        @Tag(ChaosTags.CRASH)
        @Tag(ChaosTags.SLOW)
        void several() {}

        @Test
        @Tag("chaos-transactoin")
        void misspelt() {}

        @ChaosTest
        @Tag(ChaosTags.LOAD)
        @Tag("fine")
        void fine() {}

        @Test
        @Tag("engineering")
        void notOurs() {}

        @Nested
        class Within {
            @ChaosTest
            void nested() {}
        }
    }

    @Test
    void aCategoryCountsWhereverItStands() {
        SummaryGeneratingListener listener = new SummaryGeneratingListener();

        LauncherFactory.create()
                .execute(request(selectClass(RightTestCases.class), selectClass(InheritingTestCases.class)), listener);

        assertThat(listener.getSummary().getTestsSucceededCount()).isEqualTo(5);
        assertThat(listener.getSummary().getTotalFailureCount()).isZero();
    }

    @Tag(ChaosTags.LOAD)
    @Tag(ChaosTags.SLOW)
    static class RightTestCases {
        @ChaosTest
        void byItsClass() {}

        @ChaosTest
        @Tag(ChaosTags.LOAD)
        @Tag(ChaosTags.DESTRUCTIVE)
        void theSameTwice() {}

        @Nested
        class Within {
            @ChaosTest
            void byTheClassAround() {}
        }
    }

    static class InheritingTestCases extends TaggedTestCases {
        @ChaosTest
        void bySuperclass() {}
    }

    @Tag(ChaosTags.INTEGRITY)
    abstract static class TaggedTestCases {
        @ChaosTest
        void inherited() {}
    }

    @Test
    void anAnnotationOfTheUsersCanCarryTheCategory() {
        assertThat(Inner.run(ComposedTestCases.class).succeeded()).isEqualTo(1);
        LauncherFactory.create().discover(request(selectClass(ComposedTestCases.class)));
    }

    static class ComposedTestCases {
        @CrashTest
        void composed() {}
    }

    @ChaosTest
    @Tag(ChaosTags.CRASH)
    @Retention(RetentionPolicy.RUNTIME)
    @interface CrashTest {}

    @Test
    void aMethodDoesNotReplaceTheCategoryOfItsClass() {
        assertThat(Inner.run(TwiceTestCases.class).message())
                .contains("\n  several : CategoriesTest$TwiceTestCases.overrides has chaos-crash, chaos-load\n");
    }

    @Tag(ChaosTags.LOAD)
    static class TwiceTestCases {
        @ChaosTest
        @Tag(ChaosTags.CRASH)
        void overrides() {}
    }

    @Test
    void withoutALauncherEachTestFailsByItself() {
        List<String> messages = Inner.run(WrongTestCases.class).failures().stream()
                .map(Throwable::getMessage)
                .toList();

        assertThat(messages)
                .hasSize(3)
                .allSatisfy(
                        message -> assertThat(message).startsWith(RULE + "that does not hold for one test" + ADVICE));
    }

    private static LauncherDiscoveryRequest request(DiscoverySelector... selectors) {
        return LauncherDiscoveryRequestBuilder.request().selectors(selectors).build();
    }
}
