/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Network;
import io.tcpguard.config.Setting;
import io.tcpguard.testkit.Wire;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatusPageTest {
    private static final String BROWSER = "GET / HTTP/1.1\r\nHost: h\r\nUser-Agent: Mozilla/5.0 (X11; Linux)\r\n"
            + "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n\r\n";

    private final FakeView view = new FakeView();
    private final List<Socket> readers = new ArrayList<>();
    private IoThread io;
    private int port;

    @BeforeEach
    void open() {
        io = IoThread.open(
                new GuardConfig(
                        Map.of(Setting.HEALTH_PORT, 0, Setting.HEALTH_DETAILS_TO, Network.list("127.0.0.1/32"))),
                view);
        io.start();
        port = io.healthPort();
    }

    @AfterEach
    void close() throws IOException {
        for (Socket reader : readers) {
            reader.close();
        }
        io.close();
    }

    @Test
    void isForBrowsersAndIsNoCheck() throws IOException {
        String answer = Wire.exchange(port, BROWSER);

        assertThat(answer)
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("\r\nContent-Type: text/html; charset=utf-8\r\n")
                .contains("\r\nCache-Control: no-store\r\n");
        assertThat(Wire.body(answer)).startsWith("<!doctype html>").endsWith("</html>\n");
        assertThat(io.checkers().all()).isEmpty();
    }

    /** Something that checks may name text/html, too: it must learn the verdict, and is remembered. */
    @ParameterizedTest
    @ValueSource(strings = {"curl/8", "Mozilla/5.0+(compatible; SomeMonitor/2.0)"})
    void tellsTheVerdictByItsStatus(String agent) throws IOException {
        view.down("a leak");

        String answer = Wire.exchange(port, "GET / HTTP/1.1\r\nAccept: text/html\r\nUser-Agent: " + agent + "\r\n\r\n");

        assertThat(answer)
                .startsWith("HTTP/1.1 503 ")
                .contains("\r\nRetry-After: 5\r\n")
                .contains("<!doctype html>");
        assertThat(io.checkers().all()).hasSize(1);
    }

    /** A browser takes a page by 503 for an error, and says so in its console. */
    @Test
    void isThereForAPersonWhoLooksAtAServerThatIsDown() throws IOException {
        view.down("a leak");

        assertThat(Wire.exchange(port, BROWSER)).startsWith("HTTP/1.1 200 ").contains("<!doctype html>");
    }

    @Test
    void isNotForStrangers() throws IOException {
        String answer = Wire.exchange(port, "127.0.0.2", BROWSER);

        assertThat(Wire.body(answer))
                .isEqualTo("UP 80 NORMAL\nlevel: NORMAL\nleading: none\nweight: 80\nreason: well\n");
        assertThat(answer).contains("Content-Type: text/plain").doesNotContain("Content-Security-Policy");
        assertThat(Wire.exchange(port, "127.0.0.2", "GET /history HTTP/1.1\r\n\r\n"))
                .startsWith("HTTP/1.1 403 ")
                .endsWith("403 Forbidden\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/health", "/healthz", "/ready", "/readyz", "/weight"})
    void isNotWhereLoadBalancersAsk(String path) throws IOException {
        assertThat(Wire.exchange(port, BROWSER.replace("GET /", "GET " + path))).contains("Content-Type: text/plain");
    }

    @Test
    void letsABrowserDoNothingButWhatItIsFor() throws IOException {
        String answer = Wire.exchange(port, BROWSER);

        assertThat(answer)
                .containsPattern("Content-Security-Policy: default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}=';"
                        + " script-src 'sha256-[A-Za-z0-9+/]{43}='; connect-src 'self'; img-src data:;"
                        + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n")
                .contains("\r\nX-Content-Type-Options: nosniff\r\n")
                .contains("\r\nReferrer-Policy: no-referrer\r\n");
        assertThat(Wire.body(answer).replace("http://www.w3.org/2000/svg", ""))
                .as("asks nobody else")
                .doesNotContainPattern("https?:|//[a-z]+\\.|url\\(|@import|<link[^>]*stylesheet");
        assertThat(Wire.body(answer))
                .as("makes no markup of text")
                .doesNotContainPattern(
                        Pattern.compile("innerHTML\\s*=[^=]|insertAdjacentHTML|document\\.write|eval\\(|new Function"));
    }

    @Test
    void hasItsHistoryAsJson() throws IOException {
        assertThat(Wire.get(port, "/history"))
                .startsWith("HTTP/1.1 200 ")
                .contains("Content-Type: application/json")
                .endsWith("{\"now\":0}\n");
    }

    /** All slots are held by readers who take a byte now and then; those who check must find one all the same. */
    @Test
    void isReadSlowlyByManyWithoutDelayingACheck() throws IOException {
        String[] paths = {"/", "/details", "/history", "/incident", "/advice", "/metrics"};
        view.advises("x".repeat(200_000));
        int late = 0;
        for (int check = 0; check < 30; check++) {
            for (int i = 0; i < 2; i++) {
                Socket reader = Wire.connect(port);
                readers.add(reader);
                reader.setReceiveBufferSize(1024);
                Wire.send(reader, BROWSER.replace("GET / ", "GET " + paths[(check + i) % paths.length] + " "));
                reader.getInputStream().read();
            }
            // And one who says nothing at all.
            readers.add(Wire.connect(port));
            long asked = System.nanoTime();
            String answer = Wire.get(port, "/health");
            late += System.nanoTime() - asked > TimeUnit.SECONDS.toNanos(2) ? 1 : 0;
            assertThat(answer).startsWith("HTTP/1.1 200 OK\r\n").contains("UP 80 NORMAL");
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }

        // A reader may hold its slot for ten seconds.
        assertThat(late).isZero();
    }
}
