/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.testkit.SelfSigned;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** More clients than a server has slots, who begin something and stop: others get in all the same. */
@Timeout(300)
class NothingOverTest {
    private static final int CROWD = 280;
    private static final int HONEST = 12;

    /** What the crowd does. */
    @SuppressWarnings("ImmutableEnumChecker") // nobody writes to the bytes
    private enum Kind {
        HALF_HELLO(Service.FILE_TLS, hello()),
        HALF_HELLO_ALPN(Service.ALPN, hello()),
        HALF_HELLO_OTHER(Service.TLS_OTHER, hello()),
        HANDSHAKE_AND_SILENCE(Service.TLS_OTHER, new byte[0]),
        HALF_HEAD(Service.HTTP1, ascii("GET / HTTP/1.1\r\nHost: x\r\n")),
        HALF_BODY(Service.HTTP1, ascii("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")),
        ONE_BYTE(Service.HTTP1, ascii("G")),
        ONE_BYTE_RAW(Service.PUSH, ascii("S")),
        ONE_BYTE_FRAMED(Service.PUSH_FRAMED, ascii("S")),
        HALF_PREFACE(Service.FILE_HTTP2, ascii("PRI * HTTP/2.0\r\n")),
        PREFACE_AND_SILENCE(Service.FILE_HTTP2, preface(new byte[0])),
        HALF_BODY_HTTP2(
                Service.ALPN, preface(new byte[] {0, 0, 3, 1, 4, 0, 0, 0, 1, (byte) 0x83, (byte) 0x87, (byte) 0x84}));

        final Service service;
        final byte[] bytes;

        Kind(Service service, byte[] bytes) {
            this.service = service;
            this.bytes = bytes;
        }

        private static byte[] ascii(String text) {
            return text.getBytes(StandardCharsets.US_ASCII);
        }

        /** The first 40 bytes of a ClientHello of 512. */
        private static byte[] hello() {
            byte[] hello = new byte[40];
            byte[] head = {22, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3};
            System.arraycopy(head, 0, hello, 0, head.length);
            return hello;
        }

        private static byte[] preface(byte[] then) {
            byte[] preface = ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
            byte[] all = new byte[preface.length + 9 + then.length];
            System.arraycopy(preface, 0, all, 0, preface.length);
            all[preface.length + 3] = 4;
            System.arraycopy(then, 0, all, preface.length + 9, then.length);
            return all;
        }

        Socket connect(ManyPortsChild server) throws IOException, GeneralSecurityException {
            Socket plain = ManyPortsChild.connect(server.port(service), 0);
            if (this == HANDSHAKE_AND_SILENCE || this == HALF_BODY_HTTP2) {
                SSLSocket client = (SSLSocket) SelfSigned.trusting()
                        .getSocketFactory()
                        .createSocket(plain, "localhost", server.port(service), true);
                if (this == HALF_BODY_HTTP2) {
                    var parameters = client.getSSLParameters();
                    parameters.setApplicationProtocols(new String[] {"h2"});
                    client.setSSLParameters(parameters);
                }
                client.setSoTimeout(20_000);
                client.startHandshake();
                plain = client;
            }
            plain.getOutputStream().write(bytes);
            return plain;
        }
    }

    @Test
    void keepsItsPlace() throws Exception {
        crowds(Transport.EPOLL, Kind.HALF_HELLO_OTHER, Kind.HALF_BODY);
    }

    @Tag("record")
    @Test
    void keepsItsPlaceOfAnyKind() throws Exception {
        crowds(Transport.EPOLL, Kind.values());
    }

    @Tag("long")
    @Test
    void keepsItsPlaceOfAnyKindOnNio() throws Exception {
        crowds(Transport.NIO, Kind.values());
    }

    private static void crowds(Transport transport, Kind... kinds) throws Exception {
        try (ManyPortsChild server = new ManyPortsChild(
                320,
                transport,
                "idleFloor=2s",
                "silentFloor=3s",
                "fairness=false",
                "resetBudget=0",
                "evictionsPerSecond=100",
                "maxWorkDelay=3s",
                "stalledAfter=120s")) {
            for (Kind kind : kinds) {
                // A cold server is late, and refuses for that.
                kind.connect(server).close();
            }
            Map<Kind, Integer> served = new EnumMap<>(Kind.class);
            for (Kind kind : kinds) {
                List<Socket> crowd = new ArrayList<>();
                for (int i = 0; i < CROWD; i++) {
                    try {
                        crowd.add(kind.connect(server));
                    } catch (IOException full) {
                        break;
                    }
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(3_500));
                int honest = 0;
                List<Socket> inside = new ArrayList<>();
                for (int i = 0; i < HONEST; i++) {
                    honest += ask(server, inside) ? 1 : 0;
                }
                served.put(kind, honest);
                for (Socket one : crowd) {
                    one.close();
                }
                for (Socket one : inside) {
                    one.close();
                }
            }
            System.out.println(transport + " " + served);
            assertThat(served.values()).as("%s %s", served, server.log()).allMatch(n -> n == HONEST);
        }
    }

    private static boolean ask(ManyPortsChild server, List<Socket> inside) {
        try {
            Socket client = ManyPortsChild.connect(server.port(Service.HTTP1), 0);
            inside.add(client);
            client.setSoTimeout(6_000);
            client.getOutputStream().write(Kind.ascii("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
            return InProgressTest.readHead(client.getInputStream()).contains(" 200 ");
        } catch (IOException refused) {
            return false;
        }
    }
}
