// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.junit5.internal.Tests;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.lock.LockRequest;
import dev.chaostest.postgres.lock.TableLockMode;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Optional;
import org.junit.platform.commons.support.AnnotationSupport;

/** Reads {@link HoldLock}: the method's, else that of the innermost class. */
final class WantedLock {

    private WantedLock() {}

    /**
     * The lock that is asked for; empty if none is.
     *
     * @throws ChaosException if it makes no sense, naming its place
     */
    static Optional<LockRequest> of(List<Class<?>> classes, Optional<Method> method) {
        Optional<HoldLock> own = method.flatMap(m -> AnnotationSupport.findAnnotation(m, HoldLock.class));
        String place = "@HoldLock on " + classes.get(0).getSimpleName()
                + method.filter(m -> own.isPresent())
                        .map(m -> "." + m.getName())
                        .orElse("");
        return own.or(() -> Tests.onClass(classes, HoldLock.class)).map(found -> request(place, found));
    }

    private static LockRequest request(String place, HoldLock wanted) {
        boolean hasTable = !wanted.table().isEmpty();
        if (hasTable != wanted.sql().isEmpty()) {
            throw new ChaosException(place + " must have one of table and sql, but has " + (hasTable ? "both" : "none")
                    + ". Use table for a whole table, sql for rows and advisory keys.");
        }
        if (!hasTable && wanted.mode() != TableLockMode.ACCESS_EXCLUSIVE) {
            throw new ChaosException(place + " must say in its sql how strongly it locks, but has mode " + wanted.mode()
                    + ". Remove mode, and write LOCK TABLE or FOR SHARE, say.");
        }
        try {
            return hasTable ? LockRequest.table(wanted.table(), wanted.mode()) : LockRequest.statement(wanted.sql());
        } catch (ChaosException e) {
            throw new ChaosException(place + ": " + e.getMessage(), e);
        }
    }
}
