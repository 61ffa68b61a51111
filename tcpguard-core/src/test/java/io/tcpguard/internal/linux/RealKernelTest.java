package io.tcpguard.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Each resource driven to its limit on the real kernel: the readings say what {@code ss} and {@code nstat} say. */
@Tag("long")
@EnabledOnOs(OS.LINUX)
class RealKernelTest {
    private static final long SECOND = 1_000_000_000L;

    private Namespace namespace;
    private ChildJvm child;

    @BeforeEach
    void enter() throws IOException {
        namespace = Namespace.create();
        child = namespace.child();
    }

    @AfterEach
    void leave() {
        if (child != null) {
            child.close();
        }
        if (namespace != null) {
            namespace.close();
        }
    }

    @Test
    void theAcceptQueueIsWhatSsSaysWhileItFillsAndOverflows() {
        int port = listen(5);
        for (int i = 0; i < 6; i++) {
            assertThat(child.ask("connect " + port + " 1")).isEqualTo("1 -");
            String expected = "ACCEPT_QUEUE " + (i + 1) + " of 5";
            await(expected, () -> child.ask("read ACCEPT_QUEUE"));
            assertThat(ssListening(port)).containsExactly("" + (i + 1), "5");
        }
        long dropsBefore = namespace.nstat("TcpExtListenDrops");
        child.ask("read LISTEN_DROPS 0");

        assertThat(child.ask("connect " + port + " 3")).startsWith("0 ");

        long drops = namespace.nstat("TcpExtListenDrops") - dropsBefore;
        String reading = child.ask("read LISTEN_DROPS " + SECOND);
        assertThat(child.ask("read ACCEPT_QUEUE")).isEqualTo("ACCEPT_QUEUE 6 of 5");
        assertThat(drops).isPositive();
        assertThat(namespace.nstat("TcpExtListenOverflows")).isPositive();
        assertThat(reading).isEqualTo("LISTEN_DROPS " + drops + " of " + ListenDropsProbe.CLIENTS_NOTICE);
    }

    @Test
    void theEffectiveBacklogIsCutToSomaxconn() {
        namespace.must("sysctl", "-w", "net.core.somaxconn=16");
        int port = listen(100_000);

        assertThat(child.ask("read ACCEPT_QUEUE")).isEqualTo("ACCEPT_QUEUE 0 of 16");
        assertThat(ssListening(port)).containsExactly("0", "16");
    }

    @Test
    void timeWaitStopsAtItsLimit() {
        namespace.must("sysctl", "-w", "net.ipv4.tcp_max_tw_buckets=50");
        int port = listen(100);
        assertThat(child.ask("connect " + port + " 60")).isEqualTo("60 -");

        assertThat(child.ask("accept 60")).isEqualTo("closed");

        await("TIME_WAIT 50 of 50", () -> child.ask("read TIME_WAIT"));
        assertThat(namespace.must("ss", "-Htan", "state", "time-wait").lines()).hasSize(50);
        assertThat(namespace.nstat("TcpExtTCPTimeWaitOverflow")).isEqualTo(10);
        assertThat(child.ask("counts")).startsWith("TcpCounts[timeWaitOverflows=10, abortsOnMemory=0, ");
    }

    /** Clients that never finish the handshake: their last ACK is lost on the way. */
    @Test
    void aSynFloodThatIsAnsweredByCookiesIsSeen() {
        int port = listen(10);
        dropHandshakeAcks(port);
        child.ask("read LISTEN_DROPS 0");

        child.ask("connect " + port + " 40");

        long cookies = namespace.nstat("TcpExtSyncookiesSent");
        long drops = namespace.nstat("TcpExtListenDrops");
        String reading = child.ask("read LISTEN_DROPS " + SECOND);
        assertThat(cookies).isPositive();
        assertThat(namespace.nstat("TcpExtTCPReqQFullDoCookies")).isPositive();
        assertThat(reading).isEqualTo("LISTEN_DROPS " + (cookies + drops) + " of " + ListenDropsProbe.CLIENTS_NOTICE);
        assertThat(child.ask("read ACCEPT_QUEUE")).isEqualTo("ACCEPT_QUEUE 0 of 10");
    }

    @Test
    void aSynFloodWithoutCookiesIsSeenOncePerAttempt() {
        namespace.must("sysctl", "-w", "net.ipv4.tcp_syncookies=0");
        int port = listen(10);
        dropHandshakeAcks(port);
        child.ask("read LISTEN_DROPS 0");

        child.ask("connect " + port + " 20");

        long drops = namespace.nstat("TcpExtListenDrops");
        String reading = child.ask("read LISTEN_DROPS " + SECOND);
        assertThat(drops).isPositive();
        assertThat(namespace.nstat("TcpExtTCPReqQFullDrop")).isPositive();
        assertThat(reading).isEqualTo("LISTEN_DROPS " + drops + " of " + ListenDropsProbe.CLIENTS_NOTICE);
    }

    @Test
    void conntrackCountsEachConnectionOnceARuleLooksAtThem() {
        Path max = Path.of("/proc/sys/net/netfilter/nf_conntrack_max");
        assumeThat(Files.exists(max)).as("the module nf_conntrack").isTrue();
        nft("add table inet t");
        nft("add chain inet t in { type filter hook input priority 0; }");
        nft("add rule inet t in ct state new counter");
        int port = listen(100);
        child.ask("connect " + port + " 30");

        String count = namespace.must("cat", "/proc/sys/net/netfilter/nf_conntrack_count");
        String limit = namespace.must("cat", max.toString());
        assertThat(Long.parseLong(count)).isGreaterThanOrEqualTo(30);
        assertThat(child.ask("read CONNTRACK")).isEqualTo("CONNTRACK " + count + " of " + limit);
    }

    @Test
    void conntrackStopsAtItsLimit() {
        namespace.attempt("sysctl", "-w", "net.netfilter.nf_conntrack_max=30");
        // The program says that it went well even if the kernel refused.
        assumeThat(namespace
                        .attempt("sysctl", "-n", "net.netfilter.nf_conntrack_max")
                        .text())
                .as("a namespace that may set its own nf_conntrack_max (the machine's is left alone)")
                .isEqualTo("30");
        nft("add table inet t");
        nft("add chain inet t in { type filter hook input priority 0; }");
        nft("add rule inet t in ct state new counter");
        int port = listen(100);
        child.ask("connect " + port + " 40");

        await("CONNTRACK 30 of 30", () -> child.ask("read CONNTRACK"));
    }

    @Test
    void ephemeralPortsAreAllInUseWhenConnectSaysSo() {
        namespace.must("sysctl", "-w", "net.ipv4.ip_local_port_range=40000 40099");
        int port = listenOn(8080, 200);

        String answer = child.ask("connect " + port + " 101");

        assertThat(answer).startsWith("100 ");
        assertThat(namespace.must("ss", "-Htan", "dport", "=", ":" + port).lines())
                .hasSize(100);
        assertThat(namespace.nstat("TcpActiveOpens")).isEqualTo(100);
        assertThat(child.ask("read EPHEMERAL_PORTS")).isEqualTo("EPHEMERAL_PORTS 100 of 100");
    }

    @Test
    void aContainersNamespaceLacksSomeLimitsAndSaysSoOfThese() {
        assertThat(child.ask("read ORPHANS")).startsWith("ORPHANS NOT_SUPPORTED ");
        assertThat(child.ask("read TCP_MEMORY")).startsWith("TCP_MEMORY NOT_SUPPORTED ");
        assertThat(child.ask("read SYSTEM_FILES")).matches("SYSTEM_FILES \\d+ of \\d+");
    }

    @Test
    void withoutSysctlsInProcTheRestIsStillSeen() throws IOException {
        List<String> prefix = new ArrayList<>(namespace.prefix());
        prefix.addAll(List.of(
                "unshare",
                "--mount",
                "--propagation",
                "private",
                "sh",
                "-c",
                "mount -t proc -o subset=pid proc /proc && exec \"$@\"",
                "sh"));
        try (ChildJvm masked = ChildJvm.start(prefix)) {
            int port = Integer.parseInt(masked.ask("listen 0 5"));
            masked.ask("connect " + port + " 2");
            String all = masked.ask("readall 100");

            assertThat(all)
                    .containsPattern("DESCRIPTORS \\d+ of \\d+")
                    .containsPattern("LISTEN_DROPS 0 of \\d+")
                    .contains("ACCEPT_QUEUE 2 of 5")
                    .contains("TIME_WAIT NOT_SUPPORTED")
                    .contains("SYSTEM_FILES NOT_SUPPORTED")
                    .doesNotContain("FAILED")
                    .doesNotContain("MALFORMED");
        }
    }

    @Test
    void anUnprivilegedUserSeesAllButWhatIsMissing() throws IOException {
        Path classes = Path.of("target").toAbsolutePath();
        List<String> prefix = new ArrayList<>(namespace.prefix());
        prefix.addAll(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs"));
        // Only what nobody may read of the class path: no library is needed.
        String classPath = classes.resolve("test-classes") + ":" + classes.resolve("classes");
        try (ChildJvm nobody = ChildJvm.start(prefix, classPath)) {
            int port = Integer.parseInt(nobody.ask("listen 0 5"));
            nobody.ask("connect " + port + " 2");

            await("ACCEPT_QUEUE 2 of 5", () -> nobody.ask("read ACCEPT_QUEUE"));
            assertThat(nobody.ask("readall 100"))
                    .containsPattern("DESCRIPTORS \\d+ of \\d+")
                    .containsPattern("SYSTEM_FILES \\d+ of \\d+")
                    .containsPattern("TIME_WAIT \\d+ of \\d+")
                    .containsPattern("EPHEMERAL_PORTS \\d+ of \\d+")
                    .containsPattern("LISTEN_DROPS 0 of \\d+")
                    .doesNotContain("NOT_READABLE")
                    .doesNotContain("FAILED");
        }
    }

    private int listen(int backlog) {
        return listenOn(0, backlog);
    }

    private int listenOn(int port, int backlog) {
        return Integer.parseInt(child.ask("listen " + port + " " + backlog));
    }

    /** Depth and limit. */
    private List<String> ssListening(int port) {
        String[] columns =
                namespace.must("ss", "-Hltn", "sport", "=", ":" + port).split("\\s+", -1);
        return List.of(columns[1], columns[2]);
    }

    private void dropHandshakeAcks(int port) {
        nft("add table inet t");
        nft("add chain inet t in { type filter hook input priority 0; }");
        nft("add rule inet t in tcp dport " + port + " tcp flags & (syn|ack|rst|fin) == ack drop");
    }

    private void nft(String command) {
        Namespace.Result result = namespace.attempt("nft", command);
        assumeThat(result.exit()).as("nftables: %s", result.text()).isZero();
    }

    private static void await(String expected, Supplier<String> answer) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        String last = answer.get();
        while (!last.equals(expected)) {
            assertThat(System.nanoTime() - deadline)
                    .as("expected %s, last %s", expected, last)
                    .isNegative();
            last = answer.get();
        }
    }
}
