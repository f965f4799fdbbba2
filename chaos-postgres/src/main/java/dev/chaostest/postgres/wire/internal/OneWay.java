// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import dev.chaostest.link.CutKind;
import dev.chaostest.link.Hold;
import dev.chaostest.link.Steps;
import dev.chaostest.postgres.wire.message.MessageType.From;
import java.nio.ByteBuffer;
import java.util.function.Supplier;

/**
 * Steps of which one direction leads nowhere any more.
 *
 * @param lost whose words are lost
 */
record OneWay(Steps steps, From lost) implements Steps {

    @Override
    public void toServer(ByteBuffer bytes) {
        if (lost == From.CLIENT) {
            bytes.position(bytes.limit());
        } else {
            steps.toServer(bytes);
        }
    }

    @Override
    public void toServerInTurn(Supplier<ByteBuffer> bytes) {
        if (lost == From.SERVER) {
            steps.toServerInTurn(bytes);
        }
    }

    @Override
    public void toClient(ByteBuffer bytes) {
        if (lost == From.SERVER) {
            bytes.position(bytes.limit());
        } else {
            steps.toClient(bytes);
        }
    }

    @Override
    public void holdToServer(Hold hold) {
        if (lost == From.CLIENT) {
            hold.abandon();
        } else {
            steps.holdToServer(hold);
        }
    }

    @Override
    public void holdToClient(Hold hold) {
        if (lost == From.SERVER) {
            hold.abandon();
        } else {
            steps.holdToClient(hold);
        }
    }

    @Override
    public void cut(Runnable done) {
        steps.cut(done);
    }

    @Override
    public void cut(CutKind kind, Runnable done) {
        steps.cut(kind, done);
    }

    @Override
    public boolean mayLoseForClient() {
        return steps.mayLoseForClient();
    }

    @Override
    public Runnable ender() {
        return steps.ender();
    }

    @Override
    public void stall(Hold hold) {
        steps.stall(hold);
    }
}
