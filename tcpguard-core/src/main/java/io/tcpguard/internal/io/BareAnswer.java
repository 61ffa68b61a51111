/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import io.tcpguard.internal.text.Plain;
import io.tcpguard.state.DownBy;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The verdict in its fewest words, written without a single allocation: what a check is told when there is no memory
 * for more. One thread.
 */
final class BareAnswer {
    /** Bytes that the longest of them takes. */
    static final int LONGEST = 256;

    private static final byte[] WEIGHT_PATH = ascii("GET /weight ");
    private static final String[] PATHS = {"/", "/health", "/healthz", "/ready", "/readyz", "/weight"};
    private static final byte[][] CHECKS = new byte[PATHS.length][];
    private static final byte[] HEAD_END = ascii("\r\n\r\n");
    private static final byte[] REST = ascii(
            "\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\nCache-Control: no-store\r\n\r\n");
    private static final byte[] OK = ascii("HTTP/1.1 200 OK");
    private static final byte[] UNAVAILABLE = ascii("HTTP/1.1 503 Service Unavailable");
    private static final byte[] UP = ascii("UP ");
    private static final byte[] DOWN = ascii("DOWN ");
    private static final byte[] AGENT_UP = ascii("ready up ");
    private static final byte[] AGENT_DOWN = ascii("ready down 0% # memory\n");
    private static final byte[][] LEVELS = new byte[Level.values().length][];
    private static final byte[][] DOWN_BY = new byte[DownBy.values().length][];

    static {
        for (int i = 0; i < PATHS.length; i++) {
            CHECKS[i] = ascii("GET " + PATHS[i] + " ");
        }
        for (DownBy by : DownBy.values()) {
            DOWN_BY[by.ordinal()] = ascii("down " + Plain.words(by) + "\n");
        }
        for (Level level : Level.values()) {
            LEVELS[level.ordinal()] = ascii(" " + level.name() + "\nreason: memory\n");
        }
    }

    private BareAnswer() {}

    /**
     * Writes the answer into a cleared buffer.
     *
     * @param request what has come of it
     */
    static void write(ByteBuffer out, GuardView view, boolean agent, ByteBuffer request) {
        boolean up = false;
        int weight = 0;
        Level level = Level.DRAIN;
        // No memory, and nobody can say why: a fact of this server, whatever the others do.
        DownBy by = DownBy.LISTENER;
        try {
            GuardSnapshot snapshot = view.snapshot();
            up = snapshot.verdict().up() || view.stale();
            weight = HealthStatus.weight(snapshot, up);
            level = snapshot.level();
            by = snapshot.verdict().by();
        } catch (RuntimeException | Error e) {
            // Nobody knows: then it is not up.
        }
        if (agent) {
            agentLine(out, up, weight);
            return;
        }
        boolean weightOnly = asksForWeight(request);
        out.put(up || weightOnly ? OK : UNAVAILABLE).put(REST);
        if (weightOnly) {
            if (!up) {
                out.put(DOWN_BY[by.ordinal()]);
            }
            number(out, weight);
            out.put((byte) '\n');
        } else {
            out.put(up ? UP : DOWN);
            number(out, weight);
            out.put(LEVELS[level.ordinal()]);
        }
    }

    private static void agentLine(ByteBuffer out, boolean up, int weight) {
        if (up) {
            out.put(AGENT_UP);
            number(out, weight);
            out.put((byte) '%').put((byte) '\n');
        } else {
            out.put(AGENT_DOWN);
        }
    }

    /** What is asked for, if all of a request for the verdict has come; else null. */
    static @Nullable String checked(ByteBuffer request) {
        for (int i = 0; i < PATHS.length; i++) {
            if (has(CHECKS[i], request, 0) && has(HEAD_END, request, request.position() - HEAD_END.length)) {
                return PATHS[i];
            }
        }
        return null;
    }

    private static boolean asksForWeight(ByteBuffer request) {
        return has(WEIGHT_PATH, request, 0);
    }

    private static boolean has(byte[] text, ByteBuffer request, int at) {
        if (at < 0 || at + text.length > request.position()) {
            return false;
        }
        for (int i = 0; i < text.length; i++) {
            if (request.get(at + i) != text[i]) {
                return false;
            }
        }
        return true;
    }

    /** 0 to 100. */
    private static void number(ByteBuffer out, int n) {
        if (n >= 100) {
            out.put((byte) ('0' + n / 100));
        }
        if (n >= 10) {
            out.put((byte) ('0' + n / 10 % 10));
        }
        out.put((byte) ('0' + n % 10));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
