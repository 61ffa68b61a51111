/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Network;
import io.tcpguard.config.Setting;
import io.tcpguard.internal.probe.KernelCounter;
import io.tcpguard.internal.probe.TcpCounts;
import io.tcpguard.signal.Census;
import io.tcpguard.signal.Signal;
import io.tcpguard.signal.TcpState;
import io.tcpguard.state.DownBy;
import io.tcpguard.state.Level;
import io.tcpguard.state.Trend;
import io.tcpguard.testkit.Wire;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HealthAnswersTest {
    private final FakeView view = new FakeView();
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
    void close() {
        io.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/", "/health", "/healthz", "/ready", "/readyz", "/health?x=1", "http://h:1/health", "http://h"})
    void sayUpOnEveryPathOfTheVerdict(String path) throws IOException {
        String answer = Wire.get(port, path);

        assertThat(answer).startsWith("HTTP/1.1 200 OK\r\n").contains("\r\nConnection: close\r\n");
        assertThat(Wire.body(answer))
                .isEqualTo("UP 80 NORMAL\nlevel: NORMAL\nleading: none\nweight: 80\nreason: all well\n");
        assertThat(answer).contains("Content-Length: " + Wire.body(answer).length() + "\r\n");
    }

    @Test
    void sayDownBy503WithRetryAfterAndEnvoysImmediateFail() throws IOException {
        view.down("18 % usable: something else takes the descriptors");

        String answer = Wire.get(port, "/health");

        assertThat(answer)
                .startsWith("HTTP/1.1 503 Service Unavailable\r\n")
                .contains("\r\nRetry-After: 5\r\n")
                .contains("\r\nx-envoy-immediate-health-check-fail: true\r\n")
                .doesNotContain("x-envoy-degraded");
        assertThat(Wire.body(answer))
                .startsWith("DOWN 0 DRAIN\n")
                .contains("leading: DESCRIPTORS\n", "reason: 18 % usable: something else takes the descriptors\n");
    }

    @Test
    void tellPrometheusAllFiguresInTheFormatThatItPrefers() throws IOException {
        String plain = Wire.get(port, "/metrics");
        String open = Wire.exchange(
                port,
                "GET /metrics HTTP/1.1\r\nAccept: application/openmetrics-text;version=1.0.0,text/plain;q=0.5\r\n\r\n");

        assertThat(plain)
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n")
                .contains("\ntcpguard_descriptors_limit 1024\n");
        assertThat(open)
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("\r\nContent-Type: application/openmetrics-text; version=1.0.0; charset=utf-8\r\n")
                .endsWith("\n# EOF\n");
    }

    @Test
    void tellStrangersNoFigures() throws IOException {
        String answer = Wire.exchange(port, "127.0.0.2", "GET /metrics HTTP/1.0\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 403 Forbidden\r\n");
        assertThat(Wire.body(answer)).isEqualTo("403 Forbidden\n");
    }

    @Test
    void tellNoFiguresAsACheck() throws IOException {
        Wire.get(port, "/metrics");

        assertThat(io.checkers().all()).isEmpty();
    }

    @Test
    void tellEnvoyThatAShedderIsDegradedButUp() throws IOException {
        view.says(Level.SHED, Signal.DESCRIPTORS, 97, "at the admission threshold");

        assertThat(Wire.get(port, "/"))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("\r\nx-envoy-degraded: true\r\n")
                .contains("UP 97 SHED\n");
        view.says(Level.ELEVATED, Signal.DESCRIPTORS, 97, "a limit comes near");
        assertThat(Wire.get(port, "/")).doesNotContain("x-envoy");
    }

    @Test
    void areJsonWhereTheClientAcceptsIt() throws IOException {
        view.says(Level.DRAIN, null, 0, "operator: \"upgrade\"\\\nnow\t");

        String answer = Wire.exchange(port, "GET / HTTP/1.0\r\nAccept: text/html, application/json;q=0.9\r\n\r\n");

        assertThat(answer).contains("\r\nContent-Type: application/json\r\n");
        assertThat(Wire.body(answer))
                .isEqualTo("{\"up\":false,\"weight\":0,\"level\":\"DRAIN\",\"leading\":null,\"down\":\"signals\","
                        + "\"reason\":\"operator: \\\"upgrade\\\"\\\\ now\\u0009\"}\n");
    }

    @Test
    void haveNoBodyForHeadAndForHaproxysOptions() throws IOException {
        String head = Wire.exchange(port, "HEAD / HTTP/1.0\r\n\r\n");
        String options = Wire.exchange(port, "OPTIONS / HTTP/1.0\r\n\r\n");

        assertThat(head)
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("Content-Length: ")
                .endsWith("\r\n\r\n");
        assertThat(options)
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("Allow: GET")
                .endsWith("\r\n\r\n");
        view.down("leak");
        assertThat(Wire.exchange(port, "OPTIONS / HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.1 503 ");
    }

    @Test
    void giveTheWeightAloneAndAlwaysBy200() throws IOException {
        assertThat(Wire.body(Wire.get(port, "/weight"))).isEqualTo("80\n");
        view.down("leak");

        String answer = Wire.get(port, "/weight");

        assertThat(answer).startsWith("HTTP/1.1 200 OK\r\n");
        assertThat(Wire.body(answer)).isEqualTo("down signals\n0\n");
    }

    @ParameterizedTest
    @CsvSource({"SIGNALS, signals", "LISTENER, listener", "OPERATOR, operator"})
    void sayByWhatKindOfCauseTheServerIsDown(DownBy by, String word) throws IOException {
        view.down("why", by);

        assertThat(Wire.body(Wire.get(port, "/weight"))).isEqualTo("down " + word + "\n0\n");
        assertThat(Wire.body(Wire.get(port, "/health"))).contains("\ndown: " + word + "\n");
    }

    @Test
    void tellAnHaproxyThatHasTooFewLeftToKeepOneThatJudgesItselfSick() throws IOException {
        String check = "GET /health HTTP/1.0\r\nX-Haproxy-Server-State: UP; name=b/s1; node=lb; weight=100/%d\r\n\r\n";
        Wire.exchange(port, String.format(check, 500));
        view.down("a back end hangs");
        assertThat(Wire.exchange(port, String.format(check, 500))).startsWith("HTTP/1.1 503 ");

        String told = Wire.exchange(port, String.format(check, 400));

        assertThat(told).startsWith("HTTP/1.1 200 ");
        assertThat(Wire.body(told)).startsWith("UP 1 DRAIN\n").contains("up since others are out, although a back end");
        assertThat(Wire.exchange(port, "GET /health HTTP/1.0\r\n\r\n"))
                .as("one check without the state: the same load balancer, by its address")
                .startsWith("HTTP/1.1 200 ");
        assertThat(Wire.exchange(port, "127.0.0.7", "GET /health HTTP/1.0\r\n\r\n"))
                .as("somebody else")
                .startsWith("HTTP/1.1 503 ");
    }

    @Test
    void failOpenWhileTheSamplerIsLateAndSaySo() throws IOException {
        view.down("leak").stale(true);

        String answer = Wire.get(port, "/");

        assertThat(answer)
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("weight: 10\n", "reason: stale: no sample could be taken for long, failing open\n")
                .doesNotContain("x-envoy");
        assertThat(Wire.body(Wire.get(port, "/weight"))).isEqualTo("10\n");
    }

    @Test
    void keepReasonsAndReadingsFromStrangers() throws IOException {
        view.says(Level.SHED, Signal.DESCRIPTORS, 97, "992 of 1024 descriptors");

        String verdict = Wire.exchange(port, "127.0.0.2", "GET / HTTP/1.0\r\n\r\n");
        String details = Wire.exchange(port, "127.0.0.2", "GET /details HTTP/1.0\r\n\r\n");

        assertThat(verdict)
                .contains("UP 97 SHED\nlevel: SHED\nleading: DESCRIPTORS\nweight: 97\nreason: descriptors\n")
                .doesNotContain("992");
        assertThat(details).startsWith("HTTP/1.1 403 Forbidden\r\n").doesNotContain("1024");
    }

    @Test
    void showAllSignalsCapacityAndCheckersToThoseWhoMaySee() throws IOException {
        Wire.exchange(
                port,
                "127.0.0.3",
                "GET /health HTTP/1.0\r\nX-Haproxy-Server-State: UP 1/2; name=web/s1; node=lb; weight=50/200; "
                        + "scur=0/0\r\n\r\n");

        String text = Wire.body(Wire.get(port, "/details"));
        String json = Wire.body(Wire.exchange(port, "GET /details HTTP/1.0\r\nAccept: application/json\r\n\r\n"));

        assertThat(text)
                .contains(
                        "descriptors: 40 of 1024, own connections 20, other 20, usable 1004, admission threshold 992\n")
                .contains("DESCRIPTORS: 40 of 1024 descriptors (3.9 %), NORMAL\n")
                .contains("at the limit: minimum idle time before eviction 9.4 s, new connections wait for up to 2.7 s,"
                        + " 123 did since the start\n")
                .contains("ACCEPT_QUEUE (http-8080): not known, NOT_SUPPORTED: no \"tcp_info\", NORMAL\n")
                .contains("checker 127.0.0.3 /health: interval not known yet, last ")
                .contains("told up 80, says UP 1/2 web/s1 weight 50/200\n");
        assertThat(json)
                .startsWith("{\"up\":true,")
                .contains("\"asks\":\"/health\",\"intervalMillis\":null,")
                .contains("\"idleFloorMillis\":9400,\"queueWaitMillis\":2660,\"waited\":123,")
                .contains("\"capacity\":{\"limit\":1024,\"used\":40,\"own\":20,"
                        + "\"other\":20,\"usable\":1004,\"admissionThreshold\":992,"
                        + "\"binding\":\"DESCRIPTORS\",\"slots\":972,\"slotsBy_DESCRIPTORS\":972}")
                .contains("{\"signal\":\"DESCRIPTORS\",\"source\":\"\",\"level\":\"NORMAL\","
                        + "\"used\":40,\"limit\":1024,\"permille\":39}")
                .contains("\"unavailable\":\"NOT_SUPPORTED\",\"detail\":\"no \\\"tcp_info\\\"\"")
                .contains("\"haproxy\":{\"status\":\"UP "
                        + "1/2\",\"server\":\"web/s1\",\"node\":\"lb\",\"weight\":50,\"totalWeight\":200}");
    }

    @Test
    void showWhatIsKnownBesideTheSignals() throws IOException {
        view.seesBeside(new Diagnostics(
                new Trend(Trend.Kind.LEAK, 12.34, 40),
                new Census(Map.of(TcpState.CLOSE_WAIT, 40, TcpState.SYN_RECV, 3), true, false, ""),
                0,
                new TcpCounts(Map.of(
                        KernelCounter.TIME_WAIT_OVERFLOWS, 10L,
                        KernelCounter.MEMORY_ABORTS, 0L,
                        KernelCounter.MEMORY_PRESSURES, 1L,
                        KernelCounter.PAWS_ESTABLISHED, 5L,
                        KernelCounter.LISTEN_OVERFLOWS, 6L,
                        KernelCounter.SYN_QUEUE_DROPS, 7L,
                        KernelCounter.SYN_QUEUE_COOKIES, 8L)),
                TcpCounts.TimeWaitLoss.LIMIT_REACHED,
                List.of("40 connections in CLOSE_WAIT")));

        String text = Wire.body(Wire.get(port, "/details"));
        String json = Wire.body(Wire.exchange(port, "GET /details HTTP/1.0\r\nAccept: application/json\r\n\r\n"));

        assertThat(text)
                .contains("trend: LEAK, 12.3 descriptors more each second; at this pace none is left in 40 s; it is not"
                        + " connections that grow: a leak\n")
                .contains(" s ago: SYN_RECV 3, CLOSE_WAIT 40; at least: the time was up before all were counted\n")
                .contains("closes without TIME_WAIT since the start: 10, last cause LIMIT_REACHED; connections cut for "
                        + "want of memory: 0\n")
                .contains("refused for an old time stamp (PAWS) since the start: 5 segments, not known that met "
                        + "TIME_WAIT\n")
                .contains("note: 40 connections in CLOSE_WAIT\n");
        assertThat(json)
                .contains("\"trend\":{\"kind\":\"LEAK\",\"perThousandSeconds\":12340,\"secondsLeft\":40}")
                .contains("\"complete\":false,\"ESTABLISHED\":0,")
                .contains("\"CLOSE_WAIT\":40")
                .contains("\"timeWaitOverflows\":10,\"timeWaitLoss\":\"LIMIT_REACHED\"")
                .contains("\"pawsEstablished\":5,\"pawsTimeWait\":null")
                .contains("\"remarks\":[{\"text\":\"40 connections in CLOSE_WAIT\"}]");
    }

    @Test
    void rememberWhoAskedAndWhatWasSaid() throws IOException {
        Wire.exchange(port, "127.0.0.4", "GET /weight HTTP/1.0\r\n\r\n");
        view.down("leak");
        Wire.exchange(port, "127.0.0.5", "GET / HTTP/1.0\r\n\r\n");
        Wire.get(port, "/details");

        List<Checker> all = io.checkers().all();

        assertThat(all)
                .extracting(
                        c -> c.address().getHostAddress() + " " + c.asks() + " " + c.toldUp() + " " + c.toldWeight())
                .containsExactly("127.0.0.5 / false 0", "127.0.0.4 /weight true 80");
    }

    @Test
    void giveAdviceAndTheLastIncidentToThoseWhoMaySee() throws IOException {
        view.down("leak");

        String advice = Wire.get(port, "/advice");
        String json = Wire.exchange(port, "GET /advice HTTP/1.0\r\nAccept: application/json\r\n\r\n");
        String incident = Wire.exchange(port, "GET /incident HTTP/1.0\r\nAccept: application/json\r\n\r\n");

        assertThat(advice)
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("\r\nContent-Type: text/plain; charset=utf-8\r\n", "\r\nContent-Length: 12\r\n")
                .doesNotContain("x-envoy", "Retry-After")
                .endsWith("\r\n\r\nadvice × 1\n");
        assertThat(json).contains("\r\nContent-Type: application/json\r\n").endsWith("\r\n\r\n{\"findings\": []}\n");
        assertThat(incident)
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("\r\nContent-Type: application/json\r\n")
                .endsWith("\r\n\r\n{\"episodes\":[]}\n");
        assertThat(Wire.get(port, "/incident")).endsWith("\r\n\r\nWhat happened: 22.0 s of trouble\n");
        assertThat(Wire.exchange(port, "HEAD /advice HTTP/1.0\r\n\r\n"))
                .contains("\r\nContent-Length: 12\r\n")
                .endsWith("\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/advice", "/incident"})
    void keepAdviceAndIncidentsFromStrangers(String path) throws IOException {
        String answer = Wire.exchange(port, "127.0.0.2", "GET " + path + " HTTP/1.0\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 403 Forbidden\r\n");
        assertThat(Wire.body(answer)).isEqualTo("403 Forbidden\n");
    }

    @Test
    void bringALongReportWholeAndNoneThatIsBeyondTheBound() throws IOException {
        String longest = "x".repeat(HealthAnswer.LONGEST_REPORT);

        view.advises(longest);
        assertThat(Wire.body(Wire.get(port, "/advice"))).isEqualTo(longest);
        view.advises(longest + "x");
        assertThat(Wire.get(port, "/advice"))
                .startsWith("HTTP/1.1 500 Internal Server Error\r\n")
                .hasSizeLessThan(500);
    }

    @Test
    void doNotTakeAPersonForAChecker() throws IOException {
        Wire.get(port, "/advice");
        Wire.get(port, "/incident");

        assertThat(io.checkers().all()).isEmpty();
    }

    @Test
    void areNotFoundElsewhere() throws IOException {
        assertThat(Wire.get(port, "/favicon.ico")).startsWith("HTTP/1.1 404 Not Found\r\n");
    }

    @Test
    void letTheClientCloseFirst() throws IOException {
        for (int i = 0; i < 20; i++) {
            try (var socket = Wire.connect(port)) {
                Wire.send(socket, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
                StringBuilder answer = new StringBuilder();
                while (!answer.toString().endsWith("all well\n")) {
                    answer.append((char) socket.getInputStream().read());
                }
            }
        }
        // A client that closes at once leaves the TIME_WAIT on its own side. (Some may be slower than our patience.)
        assertThat(Wire.timeWaits(port)).isLessThan(20);
    }
}
