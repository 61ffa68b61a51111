/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.tcpguard.testkit.SelfSigned;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import org.jspecify.annotations.Nullable;

/** Clients that trust anybody. */
final class Tls {
    /** The property that says where the keys are. */
    static final String KEYS = "test.keys";

    private static @Nullable Path keys;

    private Tls() {}

    /** Made by the tool of the JDK, once for the tests. */
    static synchronized Path keys() throws IOException {
        if (keys == null) {
            Path made = SelfSigned.keys(Files.createTempDirectory("keys"));
            made.toFile().deleteOnExit();
            keys = made;
        }
        return keys;
    }

    /** Of a server that was started with {@link #KEYS}. */
    static KeyManagerFactory ofThisServer() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(new File(System.getProperty(KEYS)), SelfSigned.PASSWORD.toCharArray());
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, SelfSigned.PASSWORD.toCharArray());
        return factory;
    }
}
