package io.tcpguard.tomcat;

import io.tcpguard.TcpGuard;
import java.io.IOException;
import java.nio.file.Files;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.util.ServerInfo;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.http2.Http2Protocol;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfigCertificate;
import org.jspecify.annotations.Nullable;

/** A server of its own process, with few descriptors. Says its ports, and ends when its standard input does. */
final class ServerMain {
    private ServerMain() {}

    /** Arguments: "guarded" or "stock"; a key store for TLS, or nothing. */
    public static void main(String[] args) throws Exception {
        boolean guarded = args[0].equals("guarded");
        TcpGuard guard = guarded ? TcpGuard.builder().healthPort(0).build().start() : null;
        Connector connector = guard == null ? new Connector() : TomcatGuard.connector(guard, 0);
        connector.setPort(0);
        // Sessions here beat more often than Tomcat's hundred times before it ends a connection.
        connector.setProperty("maxKeepAliveRequests", "-1");
        connector.addUpgradeProtocol(new Http2Protocol());
        if (args.length > 1) {
            connector.setSecure(true);
            connector.setScheme("https");
            connector.setProperty("SSLEnabled", "true");
            SSLHostConfig tls = new SSLHostConfig();
            SSLHostConfigCertificate certificate =
                    new SSLHostConfigCertificate(tls, SSLHostConfigCertificate.Type.UNDEFINED);
            certificate.setCertificateKeystoreFile(args[1]);
            certificate.setCertificateKeystorePassword("changeit");
            tls.addCertificate(certificate);
            connector.addSslHostConfig(tls);
        }
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(Files.createTempDirectory("flooded").toString());
        tomcat.setConnector(connector);
        tomcat.getHost();
        tomcat.getEngine().getPipeline().addValve(new Pages(guard));
        tomcat.start();
        System.out.println("server " + ServerInfo.getServerNumber());
        System.out.println("ports " + connector.getLocalPort() + " " + (guard == null ? -1 : guard.healthPort()));
        while (System.in.read() >= 0) {
            // Anything but the end means nothing.
        }
        tomcat.stop();
        if (guard != null) {
            guard.close();
        }
        System.out.println("stopped");
        Runtime.getRuntime().halt(0);
    }

    /** A valve and no servlet, so that this class too is the same for every Tomcat. */
    private static final class Pages extends ValveBase {
        private static final String BIG = "x".repeat(4 << 20);

        private final @Nullable TcpGuard guard;

        Pages(@Nullable TcpGuard guard) {
            super(true);
            this.guard = guard;
        }

        @Override
        public void invoke(Request request, Response response) throws IOException {
            String text = BIG;
            if (!request.getRequestURI().equals("/big")) {
                text = guard == null
                        ? "stock"
                        : guard.snapshot().level() + " " + guard.snapshot().capacity();
            }
            response.setContentLength(text.length());
            response.getWriter().write(text);
        }
    }
}
