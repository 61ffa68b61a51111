/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Clients, director and servers in steps of 10 ms. The same seed gives the same run. */
final class SimulatedCluster {
    private static final long STEP = 10_000_000;
    private static final int WHEEL = 4096;

    private final Random random;
    private final SimulatedServer[] servers;
    private final SimulatedDirector director;
    private final List<SimulatedClient> users = new ArrayList<>();
    private final List<SimulatedClient> abusers = new ArrayList<>();
    private final List<List<SimulatedClient>> wheel = new ArrayList<>();
    private long now;
    private boolean flooding;
    long logins;
    long lost;
    long refusedLogins;
    int weightChanges;
    private final int[] weights;

    SimulatedCluster(int count, long limit, double load, long seed) {
        random = new Random(seed);
        servers = new SimulatedServer[count];
        weights = new int[count];
        for (int i = 0; i < count; i++) {
            servers[i] = new SimulatedServer(limit);
            weights[i] = 100;
        }
        director = new SimulatedDirector(servers, random);
        for (int i = 0; i < WHEEL; i++) {
            wheel.add(new ArrayList<>());
        }
        int number = (int) (count * limit * load * 1.1);
        for (int i = 0; i < number; i++) {
            SimulatedClient user = new SimulatedClient(this, false);
            users.add(user);
            later(user, random.nextInt(20_000));
        }
    }

    SimulatedDirector director() {
        return director;
    }

    SimulatedServer server(int i) {
        return servers[i];
    }

    /** Whether the director reads the weights. One that checks by HTTP_GET does not. */
    void weighed(boolean reads) {
        for (SimulatedServer server : servers) {
            server.weighed = reads;
        }
    }

    /** Half to one and a half times this many milliseconds. */
    long jitter(long millis) {
        return millis / 2 + random.nextInt((int) millis + 1);
    }

    void later(SimulatedClient client, long millis) {
        if (client.abuser && !flooding) {
            return;
        }
        long slot = now / STEP + Math.max(1, Math.min(WHEEL - 1, millis * 1_000_000 / STEP));
        client.due = slot;
        wheel.get((int) (slot % WHEEL)).add(client);
    }

    void flood(double load) {
        flooding = true;
        int number = (int) (servers.length * 1024L * load * users.size() / (servers.length * 1024L * 0.715));
        for (int i = 0; i < number; i++) {
            SimulatedClient abuser = new SimulatedClient(this, true);
            abusers.add(abuser);
            later(abuser, random.nextInt(20_000));
        }
    }

    void calm() {
        flooding = false;
        abusers.forEach(SimulatedClient::goAway);
        abusers.clear();
    }

    void run(double seconds) {
        run(seconds, () -> {});
    }

    /** @param eachSecond runs once a simulated second */
    void run(double seconds, Runnable eachSecond) {
        long end = now + Math.round(seconds * 1e9);
        while (now < end) {
            now += STEP;
            List<SimulatedClient> due = wheel.get((int) (now / STEP % WHEEL));
            List<SimulatedClient> acting = List.copyOf(due);
            due.clear();
            for (SimulatedClient client : acting) {
                if (client.due == now / STEP && (!client.abuser || flooding)) {
                    client.act(now);
                }
            }
            for (SimulatedServer server : servers) {
                server.accept(now);
            }
            if (now / STEP % 2 == 0) {
                for (int i = 0; i < servers.length; i++) {
                    int weight = servers[i].sample(now).verdict().weight();
                    if (weight != weights[i]) {
                        weights[i] = weight;
                        weightChanges++;
                    }
                }
                director.check(now);
            }
            if (now % 1_000_000_000L == 0) {
                eachSecond.run();
            }
        }
    }

    long inSession() {
        return users.stream().filter(SimulatedClient::inSession).count();
    }

    void loggedIn() {
        logins++;
    }

    void refused(SimulatedClient client) {
        if (!client.abuser) {
            refusedLogins++;
        }
    }

    void lost() {
        lost++;
    }
}
