/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.clients;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import org.apache.hc.client5.http.async.methods.SimpleHttpRequest;
import org.apache.hc.client5.http.async.methods.SimpleRequestBuilder;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.util.Timeout;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.client.transport.HttpClientTransportOverHTTP2;
import reactor.netty.http.HttpProtocol;
import reactor.netty.resources.ConnectionProvider;

/** An HTTP client of somebody else, with its own pool and its own ways, as it comes. */
record Client(String name, Get get, Closing closing) {
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    /** The status of the answer. */
    interface Get {
        int status(String url) throws Exception;
    }

    /** What its maker calls close. */
    interface Closing {
        void close() throws Exception;
    }

    static List<Client> all() throws Exception {
        List<Client> all = new ArrayList<>();
        all.add(jdk("JDK 1.1", java.net.http.HttpClient.Version.HTTP_1_1));
        all.add(jdk("JDK 2", java.net.http.HttpClient.Version.HTTP_2));
        all.add(apache());
        all.add(apache2());
        all.add(okHttp("OkHttp 1.1", Protocol.HTTP_1_1));
        all.add(okHttp("OkHttp 2", Protocol.H2_PRIOR_KNOWLEDGE));
        all.add(jetty("Jetty 1.1", new HttpClient(new HttpClientTransportOverHTTP(1))));
        all.add(jetty("Jetty 2", new HttpClient(new HttpClientTransportOverHTTP2(new HTTP2Client()))));
        all.add(reactor("Reactor Netty 1.1", HttpProtocol.HTTP11));
        all.add(reactor("Reactor Netty 2", HttpProtocol.H2C));
        return all;
    }

    private static Client jdk(String name, java.net.http.HttpClient.Version version) {
        java.net.http.HttpClient client = java.net.http.HttpClient.newBuilder()
                .version(version)
                .connectTimeout(PATIENCE)
                .build();
        return new Client(
                name,
                url -> client.send(
                                HttpRequest.newBuilder(URI.create(url))
                                        .timeout(PATIENCE)
                                        .build(),
                                HttpResponse.BodyHandlers.ofString())
                        .statusCode(),
                () -> {});
    }

    private static Client apache() {
        CloseableHttpClient client = HttpClients.custom()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setConnectTimeout(Timeout.of(PATIENCE))
                                .setSocketTimeout(Timeout.of(PATIENCE))
                                .build())
                        .build())
                .build();
        return new Client(
                "Apache 1.1", url -> client.execute(new HttpGet(url), response -> response.getCode()), client::close);
    }

    private static Client apache2() {
        CloseableHttpAsyncClient client = HttpAsyncClients.createHttp2Default();
        client.start();
        return new Client(
                "Apache 2",
                url -> {
                    SimpleHttpRequest request = SimpleRequestBuilder.get(url).build();
                    return client.execute(request, null)
                            .get(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                            .getCode();
                },
                client::close);
    }

    private static Client okHttp(String name, Protocol protocol) {
        OkHttpClient client = new OkHttpClient.Builder()
                .protocols(List.of(protocol))
                .callTimeout(PATIENCE)
                .build();
        return new Client(
                name,
                url -> {
                    try (okhttp3.Response response = client.newCall(
                                    new okhttp3.Request.Builder().url(url).build())
                            .execute()) {
                        return response.code();
                    }
                },
                () -> {
                    client.connectionPool().evictAll();
                    client.dispatcher().executorService().shutdown();
                });
    }

    private static Client jetty(String name, HttpClient client) throws Exception {
        client.start();
        return new Client(
                name,
                url -> client.newRequest(url)
                        .timeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                        .send()
                        .getStatus(),
                client::stop);
    }

    private static Client reactor(String name, HttpProtocol protocol) {
        ConnectionProvider pool = ConnectionProvider.builder(name).build();
        reactor.netty.http.client.HttpClient client = reactor.netty.http.client.HttpClient.create(pool)
                .protocol(protocol)
                .responseTimeout(PATIENCE);
        return new Client(
                name,
                url -> {
                    Integer status = client.get()
                            .uri(url)
                            .responseSingle((response, body) -> body.asString()
                                    .defaultIfEmpty("")
                                    .thenReturn(response.status().code()))
                            .block(PATIENCE);
                    return status == null ? -1 : status;
                },
                pool::dispose);
    }

    void close() throws Exception {
        closing.close();
    }
}
