// SPDX-License-Identifier: Apache-2.0
package com.example.quotes;

/** No provider had a quote; what each one said is suppressed. */
public final class NoQuoteException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NoQuoteException(String symbol) {
        super("No provider has a quote for " + symbol + ".");
    }
}
