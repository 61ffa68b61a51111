/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.war;

import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.apache.catalina.Lifecycle;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.ContextConfig;
import org.apache.catalina.startup.Tomcat;

/** An embedded Tomcat of any line with the application in the given directory, and one worker. Does what it reads. */
final class EmbeddedMain {
    private EmbeddedMain() {}

    public static void main(String[] args) throws Exception {
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(Files.createTempDirectory("container").toString());
        Connector connector = new Connector();
        connector.setPort(0);
        connector.setProperty("maxThreads", "1");
        connector.setProperty("minSpareThreads", "1");
        connector.setProperty("maxConnections", System.getProperty("maxConnections", "8192"));
        tomcat.setConnector(connector);
        StandardContext application = new StandardContext();
        application.setName("");
        application.setPath("");
        application.setDocBase(args[0]);
        application.addLifecycleListener(new ContextConfig());
        application.addLifecycleListener(event -> {
            // At each start: a reload forgets it. The distribution has this in conf/web.xml.
            if (Lifecycle.CONFIGURE_START_EVENT.equals(event.getType())) {
                Tomcat.addServlet(application, "default", "org.apache.catalina.servlets.DefaultServlet")
                        .addMapping("/");
                application.addWelcomeFile("index.html");
            }
        });
        tomcat.getHost().addChild(application);
        tomcat.start();
        System.out.println("port " + connector.getLocalPort() + ", application " + application.getState());
        List<WeakReference<ClassLoader>> before = new ArrayList<>();
        for (int command = System.in.read(); command >= 0; command = System.in.read()) {
            switch (command) {
                case 'r' -> {
                    before.add(new WeakReference<>(application.getLoader().getClassLoader()));
                    application.reload();
                    System.out.println("reloaded " + before.size());
                }
                case 's' -> {
                    before.add(new WeakReference<>(application.getLoader().getClassLoader()));
                    application.stop();
                    System.out.println("application stopped");
                }
                case 'l' -> {
                    System.out.println("loaders left " + left(before) + ", threads " + threads() + ", valves "
                            + tomcat.getEngine().getPipeline().getValves().length + ", listeners "
                            + connector.findLifecycleListeners().length);
                }
                default -> {
                    // A line's end.
                }
            }
        }
        tomcat.stop();
        Runtime.getRuntime().halt(0);
    }

    /**
     * Class loaders of former lives that something still holds, however often it is collected, and when memory is
     * short.
     */
    private static long left(List<WeakReference<ClassLoader>> before) {
        for (int i = 0; i < 50 && before.stream().anyMatch(loader -> loader.get() != null); i++) {
            collectWhatIsHeldSoftly();
        }
        return before.stream().filter(loader -> loader.get() != null).count();
    }

    private static void collectWhatIsHeldSoftly() {
        try {
            System.err.println("made " + new byte[Integer.MAX_VALUE - 8].length);
        } catch (OutOfMemoryError expected) {
            System.gc();
        }
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("tcpguard-"))
                .count();
    }
}
