// SPDX-License-Identifier: Apache-2.0
package com.example.quotes;

import java.io.IOException;

/** One of several services that sell quotes. */
public interface QuoteProvider {

    /**
     * The latest quote.
     *
     * @throws IOException if there is none to be had
     */
    Quote latest(String symbol) throws IOException;
}
