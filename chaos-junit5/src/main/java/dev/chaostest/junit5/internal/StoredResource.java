// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Lets a JUnit store close a value, on every supported version: up to 5.12 only {@code CloseableResource} is closed;
 * from 5.13 on that alone is warned about, and {@code AutoCloseable} took its place.
 *
 * @param <T> what is stored
 */
@SuppressWarnings("deprecation") // CloseableResource: needed for 5.12, see above
public record StoredResource<T extends AutoCloseable>(T value)
        implements ExtensionContext.Store.CloseableResource, AutoCloseable {
    @Override
    public void close() throws Exception {
        value.close();
    }
}
