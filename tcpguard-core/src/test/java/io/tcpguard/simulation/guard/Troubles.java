/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.simulation.guard;

import io.tcpguard.simulation.guard.ModelClient.Kind;
import java.util.SplittableRandom;

/** Brings a fault over a world, and takes it back at its end. */
final class Troubles {
    private static final int STEPS = 20;

    private final World world;
    private final Population population;

    Troubles(World world, Population population) {
        this.world = world;
        this.population = population;
    }

    /** @param random the fault's own: what it draws does not change what others draw */
    void plan(Fault fault, SplittableRandom random) {
        world.time.after(fault.from() * Timeline.MILLI, () -> {
            world.witness.troubleBegins();
            world.begins(fault.kind());
            Runnable end = begin(fault, random);
            world.time.after(fault.millis() * Timeline.MILLI, () -> {
                end.run();
                world.ends(fault.kind());
            });
        });
    }

    private Runnable begin(Fault fault, SplittableRandom random) {
        double amount = fault.amount();
        long length = fault.millis() * Timeline.MILLI;
        return switch (fault.kind()) {
            case SITTERS -> flood(Kind.SITTER, amount, random);
            case CHATTERS -> flood(Kind.CHATTER, amount, random);
            case HALF_HEADS -> flood(Kind.HALF_HEAD, amount, random);
            case HALF_BODIES -> flood(Kind.HALF_BODY, amount, random);
            case POLLERS -> flood(Kind.POLLER, amount / 4, random);
            case SILENT_ONES -> flood(Kind.SILENT, amount, random);
            case ALLOWED_ONES -> flood(Kind.ALLOWED, amount / 2, random);
            case KNOCKERS -> flood(Kind.KNOCKER, amount / 2, random);
            case MORE_USERS -> flood(Kind.USER, amount / 2, random);
            case FREEZE -> {
                world.freeze(length);
                yield () -> {};
            }
            case SAMPLER_LATE -> {
                world.samplerIsLate(length);
                yield () -> {};
            }
            case CLOCK_LEAPS -> {
                world.leap((long) (amount * 100 * Timeline.SECOND));
                yield () -> {};
            }
            case LEAK -> leak(fault, 0);
            case FILES -> {
                int most = (int) (amount * world.kernel.limit());
                world.kernel.othersOpen(most);
                yield () -> world.kernel.othersClose(world.kernel.others());
            }
            case LIMIT_CHANGED -> {
                long before = world.kernel.limit();
                world.kernel.limit(Math.max(64, (long) (before * (0.3 + 1.2 * amount))));
                // Of two changes that overlap the first to end brings the usual one back.
                yield world.kernel::usualLimit;
            }
            case LISTENER_DEAD -> {
                ModelListener main = population.main();
                main.dies(true);
                yield () -> main.dies(false);
            }
            case LISTENER_STUCK -> {
                ModelListener main = population.main();
                main.sticks(true);
                yield () -> main.sticks(false);
            }
            case LISTENER_RESTARTS -> {
                population.main().unregister();
                population.listenAgain();
                yield () -> {};
            }
            case SECOND_LISTENER -> {
                ModelListener second = new ModelListener(world, "second", 100, 1, true);
                yield second::unregister;
            }
            case HANG -> {
                world.pool.hang(true);
                yield () -> world.pool.hang(false);
            }
            case SLOW -> {
                world.pool.slower(1 + (int) (amount * 200));
                yield () -> world.pool.slower(1);
            }
            case OPERATOR_DRAINS -> {
                world.guard.drain("deploy");
                yield () -> world.guard.drain(null);
            }
            case PREEMPTION,
                    COUNT_UNKNOWN,
                    PROBE_THROWS,
                    PROBE_LIES,
                    LISTENERS_THROW,
                    CLOSERS_THROW,
                    DIRECTOR_GONE,
                    SYSTEM_FILES -> () -> {};
        };
    }

    private Runnable flood(Kind kind, double amount, SplittableRandom random) {
        return population.flood(kind, 1 + (int) (1.5 * amount * population.slots()), random);
    }

    /** A step at a time, and all of it gone at the end. */
    private Runnable leak(Fault fault, int step) {
        if (step < STEPS && world.on(FaultKind.LEAK)) {
            world.kernel.othersOpen((int) Math.ceil(fault.amount() * world.kernel.limit() / STEPS));
            world.time.after(fault.millis() * Timeline.MILLI / STEPS, () -> leak(fault, step + 1));
        }
        return () -> world.kernel.othersClose(world.kernel.others());
    }
}
