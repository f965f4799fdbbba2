// SPDX-License-Identifier: Apache-2.0
package com.example.corpus;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A service with one bug, its fixed twin, and the sweep over both: {@code BuggySweep} must be red, {@code FixedSweep} green.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface Bug {

    /** What is wrong, for the table in {@code docs/bug-corpus.md}. */
    String value();

    /** What the right oracle says in a red round: text that its message holds beside the names of test, fault and site. */
    String says();

    /** What the sweep had to be asked for beyond its defaults; empty: nothing. */
    String asks() default "";
}
