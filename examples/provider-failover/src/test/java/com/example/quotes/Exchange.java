// SPDX-License-Identifier: Apache-2.0
package com.example.quotes;

import java.math.BigDecimal;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** A provider that always has a fresh quote, and knows how often it was asked. */
final class Exchange implements QuoteProvider {

    private final Clock clock;
    private final List<Quote> sold = new ArrayList<>();

    Exchange(Clock clock) {
        this.clock = clock;
    }

    @Override
    public synchronized Quote latest(String symbol) {
        Quote quote = new Quote(symbol, BigDecimal.valueOf(100 + sold.size()), clock.instant());
        sold.add(quote);
        return quote;
    }

    synchronized int sold() {
        return sold.size();
    }
}
