/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.tcpguard.spi.Preload;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/**
 * Loads what must not be loaded first at the moment when no descriptor is left: this module's classes, since a class
 * path may hold directories, and time zone data, which a log line reads from a file. A boss thread that lacks them dies
 * for good.
 */
final class NettyPreload {
    static final String OWN = "AcceptHandler AcceptHandler$1 AcceptHandlerInstaller AcceptPause AcceptPause$Tick "
            + "AcceptWait Answers BehindTls BlockedWrites ByteWork ChainedServerInitializer "
            + "ChannelCloser ChildAdmissionHandler ChildFate ClientWaits Codecs ConnectionEnd "
            + "ConnectionTracker DrainState FirstAnswer FirstBytes FirstBytes$Spoken Frames "
            + "GuardedChannelFactory HealthHandler Http1Requests Http1Work Http2Work HttpHeads "
            + "HttpMessageTypes Keepalive Lookout LoopWatch LoopWatch$Beat Multishot NettyDrain "
            + "NettyGuard NettyLog Outgoing PartialRequests PartialRequests$Listener Ports Protocol "
            + "ProxyHeader ProxyPreface RefusedConnection RefusedConnection$1 RequestRefusal "
            + "ServedChildren ServerPort SilentLeave WebSocketEnd WorkFinder WorkSource";

    private static final List<String> MISSING = warm();

    private NettyPreload() {}

    /** Does it, once for the process. */
    static void once() {
        if (!MISSING.isEmpty()) {
            NettyLog.LOG.debug("not warm: {}", MISSING);
        }
    }

    /** Classes that could not be loaded in advance; they are loaded when needed, as without this. */
    static List<String> missing() {
        return MISSING;
    }

    private static List<String> warm() {
        ZonedDateTime now = ZonedDateTime.now(ZoneId.systemDefault());
        NettyLog.LOG.trace(
                "{} {}", String.format(Locale.ROOT, "%tc", now), DateTimeFormatter.ISO_ZONED_DATE_TIME.format(now));
        return Preload.load(NettyPreload.class.getClassLoader(), NettyPreload.class.getPackageName(), OWN);
    }
}
