// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** The walls of the house, over all modules. One instance, since reading the house costs more than all its rules. */
@TestInstance(Lifecycle.PER_CLASS)
class ArchitectureTest {

    private static final String CORE = "core";

    /** {@code socketFactory} is a class name in a string, so its instances find their mount in a static registry only. */
    private static final String THE_ONE_REGISTRY = "dev.chaostest.postgres.wire.WireMount";

    private static final Set<String> IMMUTABLE = Set.of(
            "java.lang.String",
            "java.lang.Class",
            "java.time.Duration",
            "java.time.format.DateTimeFormatter",
            "java.util.regex.Pattern",
            "java.util.List",
            "java.util.Set",
            "java.util.Map",
            "java.nio.charset.Charset",
            "java.nio.file.attribute.FileAttribute",
            "org.slf4j.Logger",
            "org.junit.jupiter.api.extension.ExtensionContext$Namespace");

    private final JavaClasses house = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(location -> !location.contains("/jmh/"))
            .importPackages("dev.chaostest");

    @Test
    void theWholeHouseIsLookedAt() {
        assertThat(house.stream().map(ArchitectureTest::module)).contains(CORE, "postgres", "junit5");
    }

    @Test
    void noPackagesDependOnEachOtherInACircle() {
        check(slices().assignedFrom(new PackageWithItsInternals()).should().beFreeOfCycles());
    }

    @Test
    void coreKnowsNoSqlAndNoJUnit() {
        check(noClasses()
                .that(inModule(CORE))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.sql..",
                        "javax.sql..",
                        "org.junit..",
                        "org.postgresql..",
                        "com.zaxxer..",
                        "dev.chaostest.postgres..",
                        "dev.chaostest.junit5.."));
    }

    @Test
    void postgresKnowsNoJUnit() {
        check(noClasses()
                .that(inModule("postgres"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.junit..", "dev.chaostest.junit5.."));
    }

    @Test
    void nothingBelowADoorImportsIt() {
        check(noClasses()
                .that(inModule(CORE))
                .and()
                .resideOutsideOfPackages("dev.chaostest", "dev.chaostest.internal")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.chaostest", "dev.chaostest.internal"));
    }

    @Test
    void thePlanIsPure() {
        check(noClasses()
                .that()
                .resideInAPackage("dev.chaostest.plan")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.io..", "java.nio.channels..", "java.nio.file..", "java.net..", "org.slf4j.."));
    }

    @Test
    void nobodySleepsOrPrints() {
        check(noClasses().should().callMethodWhere(calls("java.lang.Thread", "sleep")));
        check(noClasses().should().callMethodWhere(calls("java.util.concurrent.TimeUnit", "sleep")));
        check(noClasses().should().accessField(System.class, "out"));
        check(noClasses().should().accessField(System.class, "err"));
    }

    @Test
    void nobodyHasStaticMutableState() {
        check(fields().that().areStatic().should(new BeImmutable()));
    }

    @Test
    void noInternalTypeIsInAPublicSignature() {
        check(ArchRuleDefinition.methods()
                .that()
                .arePublic()
                .and()
                .areDeclaredInClassesThat(new Exported())
                .should(new HaveNoInternalTypes()));
    }

    @Test
    void nothingIsCalledUtilOrManager() {
        check(noClasses().should().haveSimpleNameEndingWith("Util"));
        check(noClasses().should().haveSimpleNameEndingWith("Utils"));
        check(noClasses().should().haveSimpleNameEndingWith("Manager"));
        check(noClasses().should().haveSimpleNameEndingWith("Helper"));
    }

    private void check(ArchRule rule) {
        rule.check(house);
    }

    private static DescribedPredicate<com.tngtech.archunit.core.domain.JavaMethodCall> calls(
            String type, String method) {
        return DescribedPredicate.describe(
                "calls " + type + "." + method,
                call -> call.getTargetOwner().getName().equals(type)
                        && call.getName().equals(method));
    }

    private static DescribedPredicate<JavaClass> inModule(String module) {
        return DescribedPredicate.describe(
                "are in " + module, type -> module(type).equals(module));
    }

    private static String module(JavaClass type) {
        String name = type.getPackageName();
        return Stream.of("postgres", "junit5")
                .filter(module -> (name + ".").startsWith("dev.chaostest." + module + "."))
                .findFirst()
                .orElse(CORE);
    }

    /** A package and its {@code .internal} child are one room. */
    private static final class PackageWithItsInternals implements SliceAssignment {
        private static final String INTERNAL = ".internal";

        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            String name = type.getPackageName();
            return SliceIdentifier.of(
                    name.endsWith(INTERNAL) ? name.substring(0, name.length() - INTERNAL.length()) : name);
        }

        @Override
        public String getDescription() {
            return "packages with their internals";
        }
    }

    private static final class Exported extends DescribedPredicate<JavaClass> {
        Exported() {
            super("are exported");
        }

        @Override
        public boolean test(JavaClass type) {
            return type.getModifiers().contains(JavaModifier.PUBLIC)
                    && !type.getPackageName().endsWith(".internal")
                    && type.getEnclosingClass().map(this::test).orElse(true);
        }
    }

    private static final class BeImmutable extends ArchCondition<JavaField> {
        BeImmutable() {
            super("be final and of an immutable type");
        }

        @Override
        public void check(JavaField field, ConditionEvents events) {
            if (field.getModifiers().contains(JavaModifier.SYNTHETIC)
                    || field.getOwner().getName().equals(THE_ONE_REGISTRY)) {
                return;
            }
            boolean holds = field.getModifiers().contains(JavaModifier.FINAL) && isImmutable(field.getRawType());
            events.add(new SimpleConditionEvent(field, holds, field.getFullName() + " is " + field.getRawType()));
        }

        private static boolean isImmutable(JavaClass type) {
            return type.isPrimitive() || type.isEnum() || type.isRecord() || IMMUTABLE.contains(type.getName());
        }
    }

    private static final class HaveNoInternalTypes extends ArchCondition<JavaMethod> {
        HaveNoInternalTypes() {
            super("have no internal types in their signatures");
        }

        @Override
        public void check(JavaMethod method, ConditionEvents events) {
            Stream.concat(Stream.of(method.getRawReturnType()), method.getRawParameterTypes().stream())
                    .map(JavaClass::getBaseComponentType)
                    .filter(type -> type.getName().startsWith("dev.chaostest.")
                            && (type.getPackageName().endsWith(".internal")
                                    || !type.getModifiers().contains(JavaModifier.PUBLIC)))
                    .forEach(type ->
                            events.add(SimpleConditionEvent.violated(method, method.getFullName() + " has " + type)));
        }
    }
}
