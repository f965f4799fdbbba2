// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Says in words where a decision of a script should have struck. Its hashes are turned back by what was seen in this run.
 *
 * @param rules those of the scope, in order
 * @param sites the sites that were seen
 * @param lanes the lanes that arrived
 */
record Unreached(List<Rule> rules, Collection<Site> sites, Collection<Lane> lanes) {

    String sentence(FiredAt decision) {
        String rule = decision.rule() < rules.size()
                ? rules.get(decision.rule()).toString()
                : "rule " + (decision.rule() + 1) + " (which was not added)";
        Optional<Site> site = sites.stream()
                .filter(each -> FiredAt.hash(each.toString()) == decision.site())
                .findFirst();
        Optional<Lane> lane = lanes.stream()
                .filter(each -> FiredAt.hash(each.name()) == decision.lane())
                .findFirst();
        if (site.isPresent() && lane.isPresent()) {
            return "recorded was " + rule + ", at " + new Hit(site.get(), lane.get(), decision.nth())
                    + ", but it did not strike there";
        }
        return "recorded was " + rule + ", at hit " + decision.nth() + " of "
                + site.map(Site::toString).orElse("a site")
                + (site.isEmpty() ? "" : " on a lane") + ", but nothing arrived there";
    }
}
