package io.tcpguard.tomcat;

import io.tcpguard.spi.AdmissionControl;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.catalina.Engine;
import org.apache.catalina.Service;
import org.apache.catalina.connector.Connector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connectors of one service that have Tomcat's own protocol, and the valve that stands before all their requests. */
final class StockConnectors {
    private static final Logger log = LoggerFactory.getLogger(StockConnectors.class);

    private final Engine engine;
    private final RequestValve valve = new RequestValve();
    private final List<StockConnector> connectors = new ArrayList<>();

    private StockConnectors(Engine engine) {
        this.engine = engine;
    }

    /** Guards them as far as they can be, and says how far that is; empty if the service has none, or serves nothing. */
    static Optional<StockConnectors> guard(Service service, AdmissionControl guard) {
        Engine engine = service.getContainer();
        if (engine == null) {
            return Optional.empty();
        }
        StockConnectors stock = new StockConnectors(engine);
        try {
            for (Connector connector : service.findConnectors()) {
                if (!(connector.getProtocolHandler() instanceof GuardedHttp11NioProtocol)) {
                    stock.add(connector, guard);
                }
            }
        } catch (RuntimeException e) {
            stock.connectors.forEach(StockConnector::restore);
            throw e;
        }
        if (stock.connectors.isEmpty()) {
            return Optional.empty();
        }
        stock.engine.getPipeline().addValve(stock.valve);
        return Optional.of(stock);
    }

    private void add(Connector connector, AdmissionControl guard) {
        StockConnector guarded = StockConnector.guard(connector, guard);
        connectors.add(guarded);
        valve.add(guarded);
        log.info(
                "{}: active: 503 while work waits, watch on its accept queue and its work. Not active: refusal at accept and"
                        + " replacement of idle connections, because its protocol is {} (set protocol=\"{}\")",
                connector,
                connector.getProtocolHandlerClassName(),
                GuardedHttp11NioProtocol.class.getName());
    }

    void restore() {
        engine.getPipeline().removeValve(valve);
        connectors.forEach(StockConnector::restore);
    }
}
