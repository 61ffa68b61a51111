/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.jetty;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Clients that hold connections, users who came before them and work on, newcomers who ask once, and health checks:
 * what each of these finds. Whoever of the crowd is turned away comes back. All on the thread that runs it.
 */
final class Flood implements AutoCloseable {
    private static final int USERS = 4;
    private static final int COME_AT_ONCE = 8;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long EVERY = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long PATIENCE = 5 * SECOND;
    private static final String REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    /** What one of the crowd sends, and that it then sits. */
    enum Abuse {
        SILENT(""),
        ONE_REQUEST_AND_SIT(REQUEST),
        HALF_A_REQUEST("GET / HTTP/1.1\r\nHost: a\r\nX-"),
        HALF_A_BODY("POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf"),
        /** Takes 64 bytes each 100 ms. */
        SLOW_READER("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");

        private final String text;

        Abuse(String text) {
            this.text = text;
        }
    }

    private final JettyChild server;
    private final InetSocketAddress address;
    /** Where a load balancer would ask: without a guard it can only be a client like others. */
    private final InetSocketAddress health;

    private final List<FloodClient> users = new ArrayList<>();
    private final List<FloodClient> crowd = new ArrayList<>();
    private final List<FloodClient> newcomers = new ArrayList<>();
    private final List<FloodClient> checks = new ArrayList<>();
    private final ByteBuffer buffer = ByteBuffer.allocate(4096);

    /** Of the users, who must all keep their connections. */
    int lost;

    int answers;
    int served;
    int refused;
    /** Heard nothing while they had patience. */
    int unheard;

    int passedChecks;
    int failedChecks;
    int mostDescriptors;

    Flood(JettyChild server) throws Exception {
        this.server = server;
        address = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
        health = server.healthPort() < 0 ? address : new InetSocketAddress(address.getAddress(), server.healthPort());
        for (int i = 0; i < USERS; i++) {
            users.add(new FloodClient(address, REQUEST));
        }
        for (FloodClient user : users) {
            while (!user.answered()) {
                user.proceed(buffer.clear());
                TimeUnit.MILLISECONDS.sleep(1);
            }
        }
    }

    /**
     * Holds {@code clients} connections until it is known what the last newcomer found.
     *
     * @param after from when on newcomers come, in seconds: the crowd sits by then, and may be evicted
     * @param until for so long they come
     */
    void run(Abuse abuse, int clients, int after, int until) throws Exception {
        long begin = System.nanoTime();
        long next = begin;
        for (long age = 0; age < until * SECOND || !newcomers.isEmpty(); age = System.nanoTime() - begin) {
            if (begin + age - next >= 0) {
                next = begin + age + EVERY;
                if (age >= after * SECOND && age < until * SECOND) {
                    newcomers.add(new FloodClient(address, REQUEST));
                }
                checks.add(new FloodClient(health, REQUEST));
                step(users, buffer, this::ofAUser);
                if (abuse == Abuse.SLOW_READER) {
                    step(crowd, ByteBuffer.allocate(64), this::ofTheCrowd);
                }
            }
            for (int i = 0; i < COME_AT_ONCE && crowd.size() < clients; i++) {
                crowd.add(new FloodClient(address, abuse.text));
            }
            if (abuse != Abuse.SLOW_READER) {
                step(crowd, buffer, this::ofTheCrowd);
            }
            step(newcomers, buffer, this::ofANewcomer);
            step(checks, buffer, this::ofACheck);
            mostDescriptors = Math.max(mostDescriptors, server.openDescriptors());
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    /** What a client found; false: it stays. */
    private interface Found {
        boolean isOver(FloodClient client);
    }

    private static void step(List<FloodClient> clients, ByteBuffer buffer, Found found) throws IOException {
        for (int i = clients.size() - 1; i >= 0; i--) {
            FloodClient client = clients.get(i);
            client.proceed(buffer.clear());
            if (found.isOver(client)) {
                client.close();
                clients.remove(i);
            }
        }
    }

    private boolean ofAUser(FloodClient user) {
        if (user.status() == 200 && !user.closed()) {
            answers++;
            user.ask(REQUEST);
            return false;
        }
        boolean gone = user.answered() || user.closed() || user.ageNanos() > PATIENCE;
        lost += gone ? 1 : 0;
        return gone;
    }

    private boolean ofTheCrowd(FloodClient client) {
        return client.closed() || (!client.connected() && client.ageNanos() > PATIENCE);
    }

    private boolean ofANewcomer(FloodClient newcomer) {
        if (newcomer.status() == 200) {
            served++;
        } else if (newcomer.answered() || newcomer.closed()) {
            refused++;
        } else if (newcomer.ageNanos() > PATIENCE) {
            unheard++;
        } else {
            return false;
        }
        return true;
    }

    private boolean ofACheck(FloodClient check) {
        if (check.status() == 200) {
            passedChecks++;
        } else if (check.answered() || check.closed() || check.ageNanos() > PATIENCE) {
            failedChecks++;
        } else {
            return false;
        }
        return true;
    }

    @Override
    public String toString() {
        return answers + " answers to " + USERS + " users, " + lost + " of them lost; newcomers: " + served
                + " served, "
                + refused + " refused, " + unheard + " heard nothing; health checks: " + passedChecks + " passed, "
                + failedChecks + " failed; descriptors " + mostDescriptors;
    }

    @Override
    public void close() throws IOException {
        for (FloodClient client :
                Stream.of(users, crowd, newcomers, checks).flatMap(List::stream).toList()) {
            client.close();
        }
    }
}
