/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Clients that trust anybody. */
final class Tls {
    /** The property that says where the keys are. */
    static final String KEYS = "test.keys";

    private static final String PASSWORD = "changeit";
    private static @Nullable Path keys;

    private Tls() {}

    static SSLContext trusting() throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new TrustsAnybody()}, null);
        return context;
    }

    /** Made by the tool of the JDK, once for the tests. */
    static synchronized Path keys() throws IOException {
        if (keys == null) {
            Path made = Files.createTempDirectory("keys").resolve("own.p12");
            Process keytool = new ProcessBuilder(
                            System.getProperty("java.home") + File.separator + "bin" + File.separator + "keytool",
                            "-genkeypair",
                            "-keyalg",
                            "EC",
                            "-dname",
                            "CN=localhost",
                            "-alias",
                            "own",
                            "-storepass",
                            PASSWORD,
                            "-keystore",
                            made.toString())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            if (!Files.exists(made)) {
                throw new IOException(said);
            }
            made.toFile().deleteOnExit();
            keys = made;
        }
        return keys;
    }

    /** Of a server that was started with {@link #KEYS}. */
    static KeyManagerFactory ofThisServer() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(new File(System.getProperty(KEYS)), PASSWORD.toCharArray());
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, PASSWORD.toCharArray());
        return factory;
    }

    private static final class TrustsAnybody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
