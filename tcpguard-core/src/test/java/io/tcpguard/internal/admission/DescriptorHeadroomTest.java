/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * Every order in which two acceptors, a sampler, the I/O thread and the rest of the process can take their steps. A
 * step is one access to what they share: the number of open descriptors, or the word of the room.
 */
class DescriptorHeadroomTest {
    private static final int POINT = 20;
    private static final int RESERVE = 8;

    @Test
    void connectionsAloneNeverPassTheAdmissionThresholdInAnyOrderOfTwoAcceptorsAndASampler() {
        Search search = new Search(RealRoom::new, POINT - 2, 0, 0);

        assertThat(search.run("AAS", 2)).isZero();
        assertThat(search.states).hasSizeGreaterThan(1_000);
    }

    @Test
    void theRuleThatTakesEveryCountForTheNewestIsCaughtByTheSameOrders() {
        assertThat(new Search(NewestNotedWins::new, POINT - 2, 0, 0).run("AAS", 2))
                .isPositive();
    }

    @Test
    void norInAnyOrderWithTheCountOfTheThreadThatRefuses() {
        assertThat(new Search(RealRoom::new, POINT - 2, 0, 0).run("AAI", 2)).isZero();
        assertThat(new Search(NewestNotedWins::new, POINT - 2, 0, 0).run("AAI", 2))
                .isPositive();
    }

    @Test
    void norWhileConnectionsCloseInBetween() {
        assertThat(new Search(RealRoom::new, POINT - 2, 0, 2).run("AAS", 2)).isZero();
    }

    @Test
    void whatElseIsOpenedMakesThemPassItByThePermitsOfOneCountAtMost() {
        long most = DescriptorHeadroom.mostPermits(RESERVE);

        assertThat(new Search(RealRoom::new, POINT - 9, 7, 0).run("AAS", 2)).isEqualTo(most);
    }

    @Test
    void aCountPermitsAQuarterOfTheReserveAtMostHoweverMuchIsFree() {
        AtomicLong open = new AtomicLong(10);
        DescriptorHeadroom room = new DescriptorHeadroom(open::get);
        room.update(1004, 20, 10);

        assertThat(room.fits(0, 0)).isTrue();

        assertThat(DescriptorHeadroom.permits(room.look())).isEqualTo(5);
    }

    @Test
    void nobodyIsPermittedAboveALimitThatWasLowered() {
        AtomicLong open = new AtomicLong(100);
        DescriptorHeadroom room = new DescriptorHeadroom(open::get);
        room.update(980, 44, 100);
        open.incrementAndGet();
        assertThat(room.fits(0, 0)).isTrue();
        assertThat(DescriptorHeadroom.permits(room.look())).isEqualTo(11);
        long before = room.look();

        room.update(50, 14, open.get());

        assertThat(room.grant(before, 101)).as("a count begun before").isFalse();
        assertThat(room.fits(0, 0)).isFalse();
    }

    @Test
    void anUnknownCountAdmitsAndPermitsNobody() {
        AtomicLong open = new AtomicLong(100);
        DescriptorHeadroom room = new DescriptorHeadroom(open::get);
        room.update(980, 44, 100);
        assertThat(room.fits(0, 0)).isTrue();

        open.set(-1);
        room.countNow();

        assertThat(DescriptorHeadroom.permits(room.look())).isZero();
        assertThat(room.fits(0, 0)).isTrue();
        assertThat(DescriptorHeadroom.permits(room.look())).isZero();
    }

    @Test
    void aCountOfTheSamplerThatIsNotedLateAdmitsNobody() {
        AtomicLong open = new AtomicLong(150);
        DescriptorHeadroom room = new DescriptorHeadroom(open::get);
        room.update(1004, 20, 150);
        long sampled = open.get();
        while (open.incrementAndGet() <= 1004) {
            assertThat(room.fits(0, 0)).isTrue();
        }
        assertThat(room.fits(0, 0)).isFalse();

        room.update(1004, 20, sampled);

        assertThat(room.fits(0, -1)).isFalse();
    }

    /** No order is chosen here: whatever this machine's threads do, the number stays. */
    @Test
    @SuppressWarnings("ThreadPriorityCheck") // to yield makes bad orders likelier; nothing relies on it
    void threadsThatAcceptAtTheSameTimeStayBelowTheAdmissionThreshold() throws Exception {
        AtomicLong open = new AtomicLong();
        AtomicLong admitted = new AtomicLong();
        AtomicLong most = new AtomicLong();
        AtomicLong closed = new AtomicLong();
        DescriptorHeadroom room = new DescriptorHeadroom(() -> {
            long seen = open.get();
            // Now and then: where others want the processor each yield is a slice of theirs.
            if (seen % 8 == 0) {
                Thread.yield();
            }
            return seen;
        });
        room.update(300, 40, 0);
        int acceptors = 3;
        CountDownLatch over = new CountDownLatch(acceptors);
        List<Thread> threads = new ArrayList<>();
        for (int a = 0; a < acceptors; a++) {
            threads.add(new Thread(() -> {
                for (int i = 0; i < 4_000; i++) {
                    open.incrementAndGet();
                    if (room.fits(i, closed.get())) {
                        most.accumulateAndGet(admitted.incrementAndGet(), Math::max);
                    } else {
                        open.decrementAndGet();
                        if (i % 50 == 0 && admitted.get() > 290) {
                            admitted.addAndGet(-1);
                            open.decrementAndGet();
                            closed.incrementAndGet();
                        }
                    }
                }
                over.countDown();
            }));
        }
        threads.forEach(Thread::start);
        while (over.getCount() > 0) {
            long sampled = open.get();
            Thread.yield();
            room.update(300, 40, sampled);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(most.get()).isBetween(290L, 300L);
    }

    /** What a room is to the steps below. */
    private interface Rule {
        long look();

        long permits(long seen);

        boolean take(long seen);

        boolean grant(long seen, long used);

        void lower(long used);

        void sample(long used);
    }

    private static final class RealRoom implements Rule {
        private final DescriptorHeadroom room = new DescriptorHeadroom(() -> {
            throw new AssertionError("the steps count by themselves");
        });

        @Override
        public long look() {
            return room.look();
        }

        @Override
        public long permits(long seen) {
            return DescriptorHeadroom.permits(seen);
        }

        @Override
        public boolean take(long seen) {
            return room.take(seen);
        }

        @Override
        public boolean grant(long seen, long used) {
            return room.grant(seen, used);
        }

        @Override
        public void lower(long used) {
            room.lower(used);
        }

        @Override
        public void sample(long used) {
            room.update(POINT, RESERVE, used);
        }
    }

    /** As it was up to 0.9: a specimen, to see that the search finds it. */
    private static final class NewestNotedWins implements Rule {
        private long permitted;

        @Override
        public long look() {
            return permitted;
        }

        @Override
        public long permits(long seen) {
            return seen;
        }

        @Override
        public boolean take(long seen) {
            if (permitted != seen) {
                return false;
            }
            permitted--;
            return true;
        }

        @Override
        public boolean grant(long seen, long used) {
            permitted = Math.max(0, (POINT - used) / 4);
            return true;
        }

        @Override
        public void lower(long used) {
            grant(0, used);
        }

        @Override
        public void sample(long used) {
            grant(0, used);
        }
    }

    private static final class Actor {
        final char kind;
        int left;
        int at;
        long seen;
        long used;

        Actor(char kind, int left) {
            this.kind = kind;
            this.left = left;
        }
    }

    /** One run along one order of steps. */
    private static final class World {
        final Rule rule;
        final List<Actor> actors = new ArrayList<>();
        long admitted;
        long inHand;
        long others;
        long worst;

        World(Rule rule, String kinds, int each, long full, long opens, long closes) {
            this.rule = rule;
            rule.sample(0);
            admitted = full;
            for (int i = 0; i < kinds.length(); i++) {
                actors.add(new Actor(kinds.charAt(i), each));
            }
            if (opens > 0) {
                actors.add(new Actor('O', (int) opens));
            }
            if (closes > 0) {
                actors.add(new Actor('C', (int) closes));
            }
        }

        long open() {
            return admitted + inHand + others;
        }

        void step(Actor a) {
            switch (a.kind) {
                case 'A' -> acceptor(a);
                case 'S', 'I' -> counter(a);
                case 'O' -> {
                    others++;
                    a.left--;
                }
                default -> {
                    admitted--;
                    a.left--;
                }
            }
        }

        private void counter(Actor a) {
            if (a.at == 0) {
                a.used = open();
                a.at = 1;
            } else {
                if (a.kind == 'S') {
                    rule.sample(a.used);
                } else {
                    rule.lower(a.used);
                }
                a.at = 0;
                a.used = 0;
                a.left--;
            }
        }

        /** As {@link DescriptorHeadroom#fits}, a step at a time. */
        private void acceptor(Actor a) {
            switch (a.at) {
                case 0 -> {
                    inHand++;
                    a.at = 1;
                }
                case 1 -> {
                    a.seen = rule.look();
                    a.at = rule.permits(a.seen) > 0 ? 2 : 3;
                }
                case 2 -> {
                    if (rule.take(a.seen)) {
                        decided(a, true);
                    } else {
                        a.at = 1;
                    }
                }
                case 3 -> {
                    a.used = open();
                    a.at = 4;
                }
                default -> {
                    if (a.used > POINT) {
                        rule.lower(a.used);
                        decided(a, false);
                    } else if (rule.grant(a.seen, a.used)) {
                        decided(a, true);
                    } else {
                        a.at = 1;
                    }
                }
            }
        }

        private void decided(Actor a, boolean fits) {
            inHand--;
            if (fits) {
                admitted++;
                // What others opened above the point before is not of this one's doing.
                worst = Math.max(worst, Math.min(admitted + others - POINT, passed(others)));
            }
            a.at = 0;
            a.seen = 0;
            a.used = 0;
            a.left--;
        }

        private long admittedAbove;

        private long passed(long now) {
            if (admitted + now > POINT) {
                admittedAbove++;
            }
            return admittedAbove;
        }

        String key() {
            StringBuilder key = new StringBuilder();
            key.append(rule.look()).append(' ').append(admitted).append(' ').append(inHand);
            key.append(' ').append(others).append(' ').append(admittedAbove);
            for (Actor a : actors) {
                key.append('|').append(a.left).append(' ').append(a.at);
                key.append(' ').append(a.seen).append(' ').append(a.used);
            }
            return key.toString();
        }
    }

    /** Depth first through all orders; a state that was reached before is not followed again. */
    private static final class Search {
        final Set<String> states = new HashSet<>();
        private final Supplier<Rule> rules;
        private final long full;
        private final long opens;
        private final long closes;
        private long worst;

        Search(Supplier<Rule> rules, long full, long opens, long closes) {
            this.rules = rules;
            this.full = full;
            this.opens = opens;
            this.closes = closes;
        }

        /** By how many the admission threshold was passed at worst. */
        long run(String kinds, int each) {
            follow(kinds, each, new ArrayList<>());
            return worst;
        }

        private void follow(String kinds, int each, List<Integer> order) {
            World world = new World(rules.get(), kinds, each, full, opens, closes);
            for (int next : order) {
                world.step(world.actors.get(next));
            }
            worst = Math.max(worst, world.worst);
            if (!states.add(world.key())) {
                return;
            }
            for (int i = 0; i < world.actors.size(); i++) {
                if (world.actors.get(i).left > 0) {
                    order.add(i);
                    follow(kinds, each, order);
                    order.remove(order.size() - 1);
                }
            }
        }
    }
}
