// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.postgres.Isolation;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.provider.AnnotationBasedArgumentsProvider;
import org.junit.jupiter.params.provider.Arguments;

/** One invocation for each level. Loaded by junit-jupiter-params only, so that it need not be there. */
final class IsolationLevelsProvider extends AnnotationBasedArgumentsProvider<IsolationLevels> {

    @Override
    protected Stream<? extends Arguments> provideArguments(ExtensionContext context, IsolationLevels levels) {
        Isolation[] wanted = levels.value().length == 0 ? Isolation.values() : levels.value();
        return Arrays.stream(wanted).map(Arguments::of);
    }
}
