// SPDX-License-Identifier: Apache-2.0
package com.example.quotes;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Asks the best provider first, and the next one when it fails, is too old, or has failed too often. */
public final class FailoverQuotes {

    private static final Duration AGE_MAX = Duration.ofSeconds(15);

    private final List<Guarded> providers;
    private final Clock clock;
    private final boolean stubborn;

    /** @param providers the best one first */
    public FailoverQuotes(List<QuoteProvider> providers, Clock clock) {
        // The switch of the README: only the best provider is ever asked. See what the chaos tests say to that.
        this(providers, clock, Boolean.getBoolean("quotes.stubborn"));
    }

    FailoverQuotes(List<QuoteProvider> providers, Clock clock, boolean stubborn) {
        this.providers = providers.stream()
                .map(provider -> new Guarded(provider, new CircuitBreaker(clock)))
                .toList();
        this.clock = clock;
        this.stubborn = stubborn;
    }

    /**
     * The latest quote that anybody has.
     *
     * @throws NoQuoteException if nobody has one
     */
    public Quote latest(String symbol) {
        NoQuoteException none = new NoQuoteException(symbol);
        for (Guarded each : stubborn ? providers.subList(0, 1) : providers) {
            Optional<CircuitBreaker.Permit> permit = each.breaker.tryCall();
            if (permit.isPresent()) {
                try {
                    return ask(each.provider, permit.get(), symbol);
                } catch (IOException | RuntimeException failure) {
                    none.addSuppressed(failure);
                }
            }
        }
        throw none;
    }

    private Quote ask(QuoteProvider provider, CircuitBreaker.Permit permit, String symbol) throws IOException {
        boolean good = false;
        try {
            Quote quote = provider.latest(symbol);
            if (quote.asOf().plus(AGE_MAX).isBefore(clock.instant())) {
                throw new IOException("The quote is from " + quote.asOf() + ".");
            }
            good = true;
            return quote;
        } finally {
            if (good) {
                permit.succeeded();
            } else {
                permit.failed();
            }
        }
    }

    /** Where the breaker before a provider stands, by its place in the list. */
    public CircuitBreaker.State breaker(int place) {
        return providers.get(place).breaker.state();
    }

    private record Guarded(QuoteProvider provider, CircuitBreaker breaker) {}
}
