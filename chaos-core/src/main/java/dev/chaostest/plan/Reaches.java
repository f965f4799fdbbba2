// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says of a type how far what it does can go, so that who hands it to a test can keep others out of the way first.
 *
 * <p>For a type through which faults are done by hand, which no plan tells beforehand. Where a test method asks for one, the
 * JUnit annotations give it a lock for {@link Reach#DATABASE}, and a server of its own for {@link Reach#SERVER}.
 *
 * <pre>{@code
 * @Reaches(Reach.SERVER)
 * public final class ServerFaults { ... }
 * }</pre>
 *
 * @since 0.1
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface Reaches {

    /** The farthest that it can go. */
    Reach value();
}
