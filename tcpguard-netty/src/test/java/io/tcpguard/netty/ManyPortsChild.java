/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.tcpguard.testkit.JavaChild;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.stream.Stream;

/** {@link ManyPorts} with a small number of descriptors. */
final class ManyPortsChild implements AutoCloseable {
    private final JavaChild child;
    private final long[] ports;

    ManyPortsChild(int descriptors, Transport transport, String... settings) throws IOException {
        List<String> options =
                List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-ea", "-D" + Tls.KEYS + "=" + Tls.keys());
        String[] arguments =
                Stream.concat(Stream.of(transport.name()), Stream.of(settings)).toArray(String[]::new);
        child = new JavaChild(
                JavaChild.command(descriptors, options, JavaChild.classPath(), ManyPorts.class, arguments));
        ports = child.ports();
    }

    int port(Service service) {
        return (int) ports[service.ordinal()];
    }

    int reactorPort() {
        return (int) ports[ports.length - 1];
    }

    /** Evicted, refused, used, limit. */
    synchronized long[] numbers() throws IOException {
        child.send("?");
        return child.numbers();
    }

    String log() throws IOException {
        return child.log();
    }

    static Socket connect(int port, int receiveBuffer) throws IOException {
        Socket client = new Socket();
        if (receiveBuffer > 0) {
            client.setReceiveBufferSize(receiveBuffer);
        }
        client.setSoTimeout(30_000);
        client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 20_000);
        client.setTcpNoDelay(true);
        return client;
    }

    @Override
    public void close() throws IOException {
        child.close();
    }
}
