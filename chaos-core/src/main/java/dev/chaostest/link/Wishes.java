// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

import java.nio.ByteBuffer;
import java.util.function.Supplier;

/** What a filter wants done, put where it is to go; said while the filter is asked, so under its lock. */
final class Wishes implements Steps {

    private final Filtering filtering;

    Wishes(Filtering filtering) {
        this.filtering = filtering;
    }

    @Override
    public void toServer(ByteBuffer bytes) {
        filtering.toServer.add(bytes);
    }

    @Override
    public void toClient(ByteBuffer bytes) {
        filtering.toClient.add(bytes);
    }

    @Override
    public void toServerInTurn(Supplier<ByteBuffer> bytes) {
        filtering.toServer.backlog.add(bytes);
    }

    @Override
    public void holdToServer(Hold hold) {
        hold(filtering.toServer, hold);
    }

    @Override
    public void holdToClient(Hold hold) {
        hold(filtering.toClient, hold);
    }

    private void hold(Side side, Hold hold) {
        side.backlog.add(hold);
        hold.wake(filtering::wake);
    }

    @Override
    public void cut(CutKind kind, Runnable done) {
        filtering.askCut(kind, done);
    }

    @Override
    public void cut(Runnable done) {
        cut(CutKind.FIN, done);
    }

    @Override
    public void stall(Hold hold) {
        filtering.stalls.removeIf(each -> each.end().isPresent());
        filtering.stalls.add(hold);
    }

    @Override
    public boolean mayLoseForClient() {
        return filtering.mayLoseForClient();
    }

    @Override
    public Runnable ender() {
        return filtering::endNow;
    }
}
