// SPDX-License-Identifier: Apache-2.0
package com.example.corpus;

import java.util.Comparator;
import java.util.List;
import org.junit.platform.commons.support.ReflectionSupport;

/** All services with a bug. */
final class Corpus {

    private static final String PACKAGE = Corpus.class.getPackageName();

    private Corpus() {}

    /** In the order of their names. */
    static List<Entry> entries() {
        return ReflectionSupport.findAllClassesInPackage(
                        PACKAGE, type -> type.isAnnotationPresent(Bug.class), name -> true)
                .stream()
                .map(Entry::new)
                .sorted(Comparator.comparing(Entry::name))
                .toList();
    }

    /** One service: its bug, the sweep that must find it, and the one over its twin, which must find nothing. */
    record Entry(Class<?> type) {

        String name() {
            return type.getName().substring(PACKAGE.length() + 1);
        }

        Bug bug() {
            return type.getAnnotation(Bug.class);
        }

        Class<?> buggy() {
            return nested("BuggySweep");
        }

        Class<?> fixed() {
            return nested("FixedSweep");
        }

        private Class<?> nested(String name) {
            return ReflectionSupport.tryToLoadClass(type.getName() + "$" + name)
                    .getOrThrow(e -> new IllegalStateException(type + " has no " + name, e));
        }

        @Override
        public String toString() {
            return name();
        }
    }
}
