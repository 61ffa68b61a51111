/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import io.tcpguard.spi.Preload;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads this module's classes before they are needed: a class path may hold directories, and of those none can be
 * loaded when no descriptor is left. An eviction that lacks one frees nothing then.
 */
final class TomcatPreload {
    static final String OWN = "AcceptorLife BlockedWrite BodyReads ClientChannel ConnectionGate "
            + "ConnectionGate$Eviction ConnectionRegistry ConnectorLife EndpointControl EndpointGuard "
            + "Evictor FilesBeingSent FilesBeingSent$Sending ForwardedValve ForwardedValve$Placed "
            + "ForwardedValve$Proxy GoAwayCloser GoAwayCloser$Leaving GuardedAdapter "
            + "GuardedAdapter$ConnectorView GuardedConnection GuardedHandler GuardedHandler$1 "
            + "GuardedHttp11NioProtocol GuardedHttp11NioProtocol$EndpointView GuardedNioEndpoint "
            + "GuardedNioEndpoint$GatedProcessor GuardedProcessor GuardedServer KeepAliveProbes "
            + "KeepAliveProbes$Before NoWorkerLog OperationExecutor OperationExecutor$NoThread "
            + "PollerDelayProbe PollerDelayProbe$Closed PollerDelayProbe$ClosedChannel PollerRestart "
            + "ReadListeners RecordMethods RefusedBody RefusingValve RequestGate RequestValve "
            + "ServiceWatch ServiceWatch$Restart ShutdownDrain StalledRequests StockConnector "
            + "StockConnectors StockEndpoint StreamAdapter TcpGuardListener TomcatDrain TomcatGuard "
            + "TrackedUpgrade UnpooledWork UnreadBytes WorkerGate WorkerGate$Work WorkerRun";

    private static final Logger log = LoggerFactory.getLogger(TomcatPreload.class);
    private static final List<String> MISSING = warm();

    private TomcatPreload() {}

    /** Does it, once for the process. */
    static void once() {
        if (!MISSING.isEmpty()) {
            log.debug("not warm: {}", MISSING);
        }
    }

    /** Classes that could not be loaded in advance; they are loaded when needed, as without this. */
    static List<String> missing() {
        return MISSING;
    }

    private static List<String> warm() {
        return Preload.load(TomcatPreload.class.getClassLoader(), TomcatPreload.class.getPackageName(), OWN);
    }
}
