// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.advice;

import java.time.Duration;

/** The settings of a pool; a time of zero is one that is off. */
record PoolSettings(
        String name,
        int maximumPoolSize,
        boolean autoCommit,
        Duration connectionTimeout,
        Duration validationTimeout,
        Duration maxLifetime,
        Duration keepaliveTime,
        Duration leakDetectionThreshold) {}
