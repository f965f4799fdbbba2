// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.branch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.postgres.cluster.ClusterFixture;
import dev.chaostest.postgres.cluster.Db;
import dev.chaostest.postgres.cluster.Standby;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Branches are made, marked, restored, reset, read and closed in any order; a model knows what each must hold. */
class RandomBranchesTest extends ClusterFixture {
    private static final int STEPS = 20;
    private static final int BRANCHES_MAX = 6;

    private final Random random = new Random(scope.seed().value());
    private final Map<Branch, Integer> model = new HashMap<>();
    private final Map<RestorePoint, Integer> snapshots = new HashMap<>();
    private final List<Standby> readers = new ArrayList<>();
    private Branches branches;
    private int last;

    @Test
    void everyBranchHoldsWhatTheModelSays() throws SQLException {
        branches = Branches.open(scope, installation);
        Branch main = branches.main();
        watch(List.of(main.server()));
        write(main);
        for (int step = 0; step < STEPS; step++) {
            Branch branch = branches.all().get(random.nextInt(branches.all().size()));
            act(random.nextInt(7), branch);
            if (branches.all().contains(branch)) {
                write(branch);
            }
        }
        for (Branch branch : branches.all()) {
            assertThat(held(branch.jdbcUrl())).as("%s, %s", branch, scope.seed()).isEqualTo(model.get(branch));
            for (Standby reader : branch.readers()) {
                reader.awaitCaughtUp();
                assertThat(held(reader.jdbcUrl())).as("%s, %s", reader, scope.seed()).isEqualTo(model.get(branch));
            }
        }
    }

    private void act(int action, Branch branch) throws SQLException {
        switch (action) {
            case 0 -> fork(branch);
            case 1 -> snapshots.put(branch.mark("snapshot"), model.get(branch));
            case 2 -> restore(branch);
            case 3 -> reset(branch);
            case 4 -> read(branch);
            case 5 -> close(branch);
            default -> look(branch);
        }
    }

    private void fork(Branch branch) {
        if (branches.all().size() < BRANCHES_MAX) {
            Branch child = branch.branchNow("branch-" + ++last);
            watch(List.of(child.server()));
            model.put(child, model.get(branch));
        }
    }

    private void restore(Branch branch) throws SQLException {
        for (Map.Entry<RestorePoint, Integer> snapshot : snapshots.entrySet()) {
            if (snapshot.getKey().branch() == branch) {
                branch.restore(snapshot.getKey());
                model.put(branch, snapshot.getValue());
                assertThat(held(branch.jdbcUrl())).as("%s", scope.seed()).isEqualTo(snapshot.getValue());
                return;
            }
        }
    }

    private void reset(Branch branch) {
        branch.parent().ifPresent(parent -> {
            branch.resetToParent();
            snapshots.keySet().removeIf(point -> point.branch() == branch);
            model.put(branch, model.get(parent));
        });
    }

    private void read(Branch branch) {
        if (readers.size() < 2) {
            Standby reader = branch.addReader();
            watch(List.of(reader.server()));
            readers.add(reader);
        } else {
            readers.remove(0).close();
        }
    }

    private void close(Branch branch) {
        if (branch != branches.main() && branch.children().isEmpty()) {
            readers.removeAll(branch.readers());
            branch.close();
            snapshots.keySet().removeIf(point -> point.branch() == branch);
            model.remove(branch);
        }
    }

    private void look(Branch branch) throws SQLException {
        try (ReadOnlyEndpoint endpoint = branch.readAt(branch.mark("look"))) {
            assertThat(held(endpoint.jdbcUrl())).as("%s", scope.seed()).isEqualTo(model.get(branch));
        }
    }

    /** One more row than there was. */
    private void write(Branch branch) throws SQLException {
        try (Connection connection = Db.connect(branch.jdbcUrl())) {
            Db.execute(connection, "CREATE TABLE IF NOT EXISTS item (id int)");
            Db.execute(connection, "INSERT INTO item VALUES (1)");
        }
        model.merge(branch, 1, Integer::sum);
    }

    private static int held(String url) throws SQLException {
        return Integer.parseInt(Db.query(url, "SELECT count(*) FROM item"));
    }
}
