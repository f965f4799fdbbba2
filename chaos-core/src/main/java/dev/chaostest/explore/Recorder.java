// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.explore;

import dev.chaostest.call.Call;
import dev.chaostest.explore.Catalogue.Role;
import dev.chaostest.mount.HitListener;
import dev.chaostest.plan.Detail;
import dev.chaostest.plan.Hit;
import dev.chaostest.plan.Lane;
import dev.chaostest.plan.Laned;
import dev.chaostest.plan.Site;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Writes down each arrival of a round that a catalogue knows, at most {@value #ARRIVALS_MAX}.
 *
 * <pre>{@code
 * Recorder recorder = new Recorder(catalogues);
 * scope.round().whenHit(recorder);
 * }</pre>
 *
 * <p>Safe for use by many threads.
 *
 * @since 0.1
 */
public final class Recorder implements HitListener {

    /** Beyond these a sweep would take hours. */
    private static final int ARRIVALS_MAX = 20_000;

    private static final int TEXT_MAX = 2_000;

    private final List<? extends Catalogue> catalogues;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Point> arrivals = new ArrayList<>();
    /** From where each of them came. */
    private final List<List<StackWalker.StackFrame>> stacks = new ArrayList<>();

    private final Map<Site, Long> counts = new HashMap<>();
    /** The place of the latest arrival of each lane. */
    private final Map<Lane, Integer> latest = new HashMap<>();

    private long dropped;

    /** @param catalogues what knows which sites are points; more may be added to the list until the first hit */
    public Recorder(List<? extends Catalogue> catalogues) {
        this.catalogues = catalogues;
    }

    @Override
    public void hit(Hit hit, Detail detail, Supplier<String> text, Set<String> machinery) {
        Role role = role(hit.site());
        if (role == Role.NONE) {
            return;
        }
        lock.lock();
        try {
            long nth = counts.merge(hit.site(), 1L, Long::sum);
            Integer last = latest.get(hit.lane());
            if (role == Role.STREAM && last != null && arrivals.get(last).site().equals(hit.site())) {
                arrivals.set(last, arrivals.get(last).longer());
            } else if (arrivals.size() < ARRIVALS_MAX) {
                latest.put(hit.lane(), arrivals.size());
                arrivals.add(point(hit, nth, detail, text.get()));
                stacks.add(Places.here(machinery));
            } else {
                dropped++;
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean wants(Site site) {
        return role(site) != Role.NONE;
    }

    private static Point point(Hit hit, long nth, Detail detail, String text) {
        return new Point(
                hit,
                nth,
                1,
                Thread.currentThread() instanceof Laned,
                text.length() <= TEXT_MAX ? text : text.substring(0, TEXT_MAX),
                null,
                detail instanceof Call call ? call.declared() : List.of());
    }

    private Role role(Site site) {
        return catalogues.stream()
                .map(each -> each.role(site))
                .filter(role -> role != Role.NONE)
                .findFirst()
                .orElse(Role.NONE);
    }

    /** What has arrived until now. */
    public Recorded recorded() {
        lock.lock();
        try {
            Places places = Places.of(stacks);
            List<Point> all = IntStream.range(0, arrivals.size())
                    .mapToObj(i -> arrivals.get(i).from(places.name(stacks.get(i))))
                    .toList();
            List<Point> points = all.stream()
                    .filter(each -> role(each.site()) != Role.CONTEXT)
                    .toList();
            return new Recorded(all, points, dropped);
        } finally {
            lock.unlock();
        }
    }
}
