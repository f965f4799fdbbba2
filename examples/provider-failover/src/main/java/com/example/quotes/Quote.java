// SPDX-License-Identifier: Apache-2.0
package com.example.quotes;

import java.math.BigDecimal;
import java.time.Instant;

/** What a share costs, and when it did. */
public record Quote(String symbol, BigDecimal price, Instant asOf) {}
