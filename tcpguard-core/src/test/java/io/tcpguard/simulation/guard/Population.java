/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.simulation.guard;

import io.tcpguard.simulation.guard.ModelClient.Kind;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** The server's listener and all who come to it. */
final class Population {
    private static final double USERS = 0.6;

    private final World world;
    private final int backlog;
    private final int acceptors;
    private final boolean reportsWholeRequests;
    private final boolean sharedAddresses;
    private final int slots;
    private final List<ModelClient> users = new ArrayList<>();
    private final List<ModelClient> all = new ArrayList<>();
    private ModelListener main;
    private int addresses;

    Population(World world, SplittableRandom random) {
        this.world = world;
        backlog = random.nextInt(3) == 0 ? 100 : 4096;
        // Two of them hold as many in hand as the reserve of a smaller limit is.
        acceptors = random.nextInt(3) == 0 && world.kernel.limit() >= 200 ? 2 : 1;
        reportsWholeRequests = random.nextBoolean();
        sharedAddresses = random.nextInt(3) == 0;
        slots = (int) world.witness.admissionThreshold() - 20;
        main = listen();
        for (int i = 0; i < USERS * slots; i++) {
            ModelClient user = new ModelClient(world, Kind.USER, address(Kind.USER), random.split());
            users.add(user);
            all.add(user);
            user.comesWithin(4 * Timeline.SECOND);
        }
    }

    private ModelListener listen() {
        return new ModelListener(world, "http", backlog, acceptors, reportsWholeRequests);
    }

    ModelListener main() {
        return main;
    }

    void listenAgain() {
        main = listen();
    }

    int slots() {
        return slots;
    }

    List<ModelClient> users() {
        return users;
    }

    /** So many come; what ends it is answered. */
    Runnable flood(Kind kind, int howMany, SplittableRandom random) {
        List<ModelClient> crowd = new ArrayList<>();
        for (int i = 0; i < howMany; i++) {
            ModelClient one = new ModelClient(world, kind, address(kind), random.split());
            crowd.add(one);
            one.comesWithin(Timeline.SECOND);
        }
        all.addAll(crowd);
        return () -> crowd.forEach(ModelClient::ends);
    }

    void allLeave() {
        all.forEach(ModelClient::ends);
    }

    private InetAddress address(Kind kind) {
        int number = sharedAddresses ? addresses++ % 10 : addresses++;
        try {
            return InetAddress.getByAddress(
                    new byte[] {10, (byte) (kind == Kind.ALLOWED ? 9 : 1), (byte) (number >> 8), (byte) number});
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
