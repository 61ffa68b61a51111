package io.tcpguard.netty;

import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/**
 * Loads what must not be loaded first at the moment when no descriptor is left: this module's classes, since a class path may hold
 * directories, and time zone data, which a log line reads from a file. A boss thread that lacks them dies for good.
 */
final class Warmup {
    private static final List<String> OWN = List.of(
            "AcceptDoor",
            "AcceptGate",
            "AcceptGate$1",
            "AcceptPause",
            "AcceptPause$Tick",
            "Answers",
            "Codecs",
            "ConnectionDoor",
            "ConnectionTracker",
            "FirstBytes",
            "FirstBytes$Spoken",
            "InFront",
            "LoopWatch",
            "Ports",
            "Refuse",
            "RefusedConnection",
            "RefusedConnection$1",
            "Room",
            "Says",
            "ServerPort",
            "Unguarded",
            "WorkSource");

    private static final boolean DONE = warm();

    private Warmup() {}

    /** Does it, once for the process. */
    static void once() {
        Says.LOG.debug("classes and time zones are warm: {}", DONE);
    }

    private static boolean warm() {
        String prefix = Warmup.class.getPackageName() + '.';
        boolean all = true;
        for (String name : OWN) {
            all &= load(prefix + name);
        }
        ZonedDateTime now = ZonedDateTime.now(ZoneId.systemDefault());
        String line = String.format(Locale.ROOT, "%tc %s", now, DateTimeFormatter.ISO_ZONED_DATE_TIME.format(now));
        return all && !line.isEmpty();
    }

    private static boolean load(String name) {
        try {
            Class.forName(name);
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            // A class that a compiler names otherwise is loaded when it is needed, as it would be without this.
            return false;
        }
    }
}
