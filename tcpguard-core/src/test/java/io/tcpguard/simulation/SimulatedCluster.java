/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.simulation;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Clients, director and servers in steps of 10 ms. The same seed gives the same run. */
final class SimulatedCluster {
    private static final long STEP = 10_000_000;
    private static final int WHEEL = 4096;

    private final Random random;
    private final Sources sources;
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
        this(count, limit, load, seed, new Sources(0, 0));
    }

    /**
     * Who has which address.
     *
     * @param shared 0: nobody's is known; 1: each client has its own; n: all clients share so many
     * @param ofAbusers the same for abusers alone; 0: as the others
     */
    record Sources(int shared, int ofAbusers) {
        @Nullable InetAddress of(int client, boolean abuser) {
            int all = abuser && ofAbusers > 0 ? ofAbusers : shared;
            if (all == 0) {
                return null;
            }
            int number = all == 1 ? client : client % all;
            int network = abuser && (all == 1 || ofAbusers > 0) ? 102 : 101;
            try {
                return InetAddress.getByAddress(new byte[] {10, (byte) network, (byte) (number >> 8), (byte) number});
            } catch (UnknownHostException e) {
                throw new AssertionError(e);
            }
        }
    }

    SimulatedCluster(int count, long limit, double load, long seed, Sources sources) {
        this.sources = sources;
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
            SimulatedClient user = new SimulatedClient(this, false, sources.of(i, false), 0);
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
        flood(load, 0);
    }

    /** @param beat milliseconds between two requests of abusers; 0: they ask once */
    void flood(double load, int beat) {
        flooding = true;
        int number = (int) (servers.length * 1024L * load * users.size() / (servers.length * 1024L * 0.715));
        for (int i = 0; i < number; i++) {
            SimulatedClient abuser = new SimulatedClient(this, true, sources.of(i, true), beat);
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
