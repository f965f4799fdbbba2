// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The open sessions of one mount, by what a cancel request names them; safe for use by many threads. */
final class Backends {

    private final Map<BackendKey, Session> open = new ConcurrentHashMap<>();

    void opened(BackendKey key, Session session) {
        open.put(key, session);
    }

    void closed(BackendKey key, Session session) {
        open.remove(key, session);
    }

    Optional<Session> find(BackendKey key) {
        return Optional.ofNullable(open.get(key));
    }

    /** The processes that serve them. */
    List<Integer> pids() {
        return open.keySet().stream().map(BackendKey::pid).sorted().toList();
    }
}
