/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.tcpguard.state.RefusalCounters;
import io.tcpguard.state.RefusalCounters.Rank;
import java.lang.management.ManagementFactory;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class SourcesTest {
    private final Sources sources = new Sources();

    @Test
    void takesAnIpv6NetworkOf64BitsForOneSource() throws UnknownHostException {
        for (int i = 0; i < 100; i++) {
            open("2001:db8:1:2:" + Integer.toHexString(i) + "::" + i);
        }
        open("2001:db8:9:2::1");
        open("192.0.2.1");

        assertThat(sources.size()).isEqualTo(3);
        assertThat(unfair("2001:db8:1:2:ffff::1")).isTrue();
        assertThat(unfair("2001:db8:9:2::2")).isFalse();
        assertThat(unfair("2001:db8:1:3::1")).isFalse();
    }

    @Test
    void takesWhoIsUnknownForBadWhereAllOfItsNetworkWasBadAndNobodyGood() throws UnknownHostException {
        SourceHistory history = new SourceHistory(new SourceMemory(new CoarseClock(0)), new RefusalCounters());
        for (int i = 1; i <= 16; i++) {
            String hex = Integer.toHexString(i);
            for (String address : List.of("192.0.2." + i, "198.51.100." + i, "2001:db8:1:" + hex + "::" + hex)) {
                sit(history, address);
            }
        }
        history.finished(sources.open(InetAddress.getByName("198.51.100.77")));

        assertThat(rank(history, "192.0.2.99")).isEqualTo(Rank.KNOWN_BAD);
        assertThat(rank(history, "::ffff:192.0.2.99")).as("mapped").isEqualTo(Rank.KNOWN_BAD);
        assertThat(rank(history, "192.0.3.99")).isEqualTo(Rank.UNKNOWN);
        assertThat(rank(history, "198.51.100.99")).as("somebody is good there").isEqualTo(Rank.UNKNOWN);
        assertThat(rank(history, "198.51.100.7")).isEqualTo(Rank.KNOWN_BAD);
        assertThat(rank(history, "2001:db8:1:7::beef"))
                .as("another one of a /64")
                .isEqualTo(Rank.KNOWN_BAD);
        assertThat(rank(history, "2001:db8:1:ff00::1"))
                .as("another /64 of the /48")
                .isEqualTo(Rank.KNOWN_BAD);
        assertThat(rank(history, "2001:db8:2:7::1")).isEqualTo(Rank.UNKNOWN);
    }

    @Test
    void forgetsAMarkWithThoseOfTheNetworkAround() throws UnknownHostException {
        SourceHistory history = new SourceHistory(new SourceMemory(new CoarseClock(0)), new RefusalCounters());
        for (int i = 1; i <= 16; i++) {
            sit(history, "192.0.2." + i);
        }
        InetAddress marked = InetAddress.getByName("192.0.2.7");
        assertThat(rank(history, "192.0.2.7")).isEqualTo(Rank.KNOWN_BAD);

        assertThat(sources.forget(marked, history.memory())).isTrue();

        assertThat(rank(history, "192.0.2.7")).isEqualTo(Rank.UNKNOWN);
        assertThat(rank(history, "192.0.2.8")).as("its neighbour").isEqualTo(Rank.KNOWN_BAD);
        assertThat(sources.forget(marked, history.memory())).isFalse();
    }

    @Test
    void holdsRefusalsAgainstNoAddressThatHasConnections() throws UnknownHostException {
        CoarseClock clock = new CoarseClock(0);
        ClientModel clients = ClientModel.empty(0, 2_000_000_000L, 10_000_000_000L, clock, new RefusalCounters());
        ConnectionTable table = new ConnectionTable(clients, 0);
        InetAddress proxy = InetAddress.getByName("192.0.2.1");
        InetAddress alone = InetAddress.getByName("192.0.2.2");
        table.open(proxy, true, new ListenerCounts(), how -> {});
        // Among a handful ranks tell nothing.
        for (int i = 0; i < 8; i++) {
            table.open(InetAddress.getByName("198.51.100." + i), true, new ListenerCounts(), how -> {});
        }
        for (int i = 0; i < 100; i++) {
            clients.history().refused(proxy, Rank.UNKNOWN, table);
            clients.history().refused(alone, Rank.UNKNOWN, table);
        }

        assertThat(clients.history().rank(proxy, table)).isEqualTo(Rank.UNKNOWN);
        assertThat(clients.history().rank(alone, table)).isEqualTo(Rank.KNOWN_BAD);
    }

    @Test
    void rankNobodyWhereNoMoreThanAHandfulAreHere() throws UnknownHostException {
        ClientModel clients =
                ClientModel.empty(0, 2_000_000_000L, 10_000_000_000L, new CoarseClock(0), new RefusalCounters());
        ConnectionTable table = new ConnectionTable(clients, 0);
        InetAddress alone = InetAddress.getByName("192.0.2.2");
        for (int i = 0; i < 100; i++) {
            clients.history().refused(alone, Rank.UNKNOWN, table);
        }

        assertThat(clients.history().rank(alone, table)).isEqualTo(Rank.UNKNOWN);
    }

    @Test
    void forgetsAnUnmarkedAddressWithTheMarksOfItsNetwork() throws UnknownHostException {
        SourceHistory history = new SourceHistory(new SourceMemory(new CoarseClock(0)), new RefusalCounters());
        sit(history, "192.0.2.1");

        assertThat(sources.forget(InetAddress.getByName("192.0.2.2"), history.memory()))
                .isTrue();
        assertThat(sources.forget(InetAddress.getByName("198.51.100.2"), history.memory()))
                .isFalse();
    }

    @Test
    void tellsWhoWasLetInByRankAndHowManyWereKnown() throws UnknownHostException {
        SourceHistory history = new SourceHistory(new SourceMemory(new CoarseClock(0)), new RefusalCounters());
        ConnectionTable table = new ConnectionTable(
                ClientModel.empty(0, 2_000_000_000L, 10_000_000_000L, new CoarseClock(0), new RefusalCounters()), 0);
        InetAddress user = InetAddress.getByName("192.0.2.1");
        assertThat(history.shares()).isEmpty();
        assertThat(history.heaviest(0)).isEmpty();

        history.finished(sources.open(user));
        assertThat(history.knownShare()).isZero();
        history.finished(sources.find(user));
        assertThat(history.knownShare()).isEqualTo(1.0 / 128);
        history.finished(sources.find(user));
        assertThat(history.knownShare()).isEqualTo(1.0 / 128 + 127.0 / 128 / 128);
        history.admitted(Rank.KNOWN_GOOD);
        for (int i = 0; i < SourceMarks.RETRIES; i++) {
            history.refused(InetAddress.getByName("192.0.2.9"), Rank.UNKNOWN, table);
        }
        assertThat(history.shares())
                .contains("known good 1 let in and 0 refused", "unknown 0 let in and 4 refused")
                .contains("known bad 0 let in and 0 refused");
        assertThat(rank(history, "192.0.2.9")).isEqualTo(Rank.KNOWN_BAD);
        history.letIn(sources.open(InetAddress.getByName("192.0.2.9")));
        assertThat(rank(history, "192.0.2.9")).isEqualTo(Rank.UNKNOWN);
        sit(history, "198.51.100.3");
        assertThat(history.heaviest(0)).contains("198.51.100.3");
    }

    @Test
    void isUnfairFromTwiceTheEqualShareOn() throws UnknownHostException {
        openTimes("192.0.2.1", 4);
        open("198.51.100.1");
        open("198.51.101.1");
        openTimes("198.51.102.1", 2);
        assertThat(unfair("192.0.2.1")).as("4 of 8 among four").isTrue();
        open("198.51.102.1");
        assertThat(unfair("192.0.2.1")).as("4 of 9").isFalse();
    }

    @Test
    void isFairToWhoIsAloneAndToWhoHoldsOne() throws UnknownHostException {
        openTimes("192.0.2.1", 50);
        assertThat(unfair("192.0.2.1")).as("alone").isFalse();
        Sources two = new Sources();
        two.open(InetAddress.getByName("192.0.2.1"));
        two.open(InetAddress.getByName("198.51.100.1"));
        assertThat(two.holdsMoreThan(1, InetAddress.getByName("192.0.2.1"))).isFalse();
    }

    /** Sixteen, half of all, and eight elsewhere. */
    @Test
    void aNetworkCountsAsOneFromHalfOfAllOnWhereEnoughComeFromElsewhere() throws UnknownHostException {
        for (int i = 1; i <= 15; i++) {
            open("192.0.2." + i);
        }
        for (int i = 0; i < 8; i++) {
            open("198.51." + i + ".1");
        }
        assertThat(unfair("192.0.2.99")).as("fifteen are few").isFalse();
        Source sixteenth = sources.open(InetAddress.getByName("192.0.2.16"));
        assertThat(unfair("192.0.2.99")).isTrue();
        Source network = Objects.requireNonNull(sixteenth.network);
        assertThat(sources.crowdAround(2, InetAddress.getByName("192.0.2.99"))).isSameAs(network);
        assertThat(network.isIn(network)).isTrue();
        assertThat(sixteenth.isIn(network)).isTrue();
        assertThat(sources.open(InetAddress.getByName("198.51.9.1")).isIn(network))
                .isFalse();
        assertThat(sources.crowdAround(2, InetAddress.getByName("198.51.9.1"))).isNull();
        for (int i = 10; i < 17; i++) {
            open("198.51." + i + ".1");
        }
        assertThat(unfair("192.0.2.99")).as("half of all").isTrue();
        open("198.51.99.1");
        assertThat(unfair("192.0.2.99")).as("less than half").isFalse();
    }

    @Test
    void aNetworkOfWhomOneIsLeftIsNone() throws UnknownHostException {
        openTimes("192.0.2.1", 20);
        Source other = sources.open(InetAddress.getByName("192.0.2.2"));
        for (int i = 0; i < 8; i++) {
            open("198.51." + i + ".1");
        }
        assertThat(unfair("192.0.2.99")).isTrue();

        sources.close(other);

        assertThat(unfair("192.0.2.99")).isFalse();
        assertThat(unfair("192.0.2.1")).as("by itself").isTrue();
        assertThat(sources.size()).isEqualTo(9);
    }

    @Test
    void theNextNetworkCountsWhenTheLargestHasGone() throws UnknownHostException {
        List<Source> first = new ArrayList<>();
        for (int i = 1; i <= 40; i++) {
            first.add(sources.open(InetAddress.getByName("192.0.2." + i)));
        }
        first.forEach(sources::close);
        assertThat(sources.size()).isZero();
        assertThat(sources.networks()).isZero();
        for (int i = 1; i <= 16; i++) {
            open("203.0.113." + i);
        }
        assertThat(sources.networks()).isEqualTo(17);
        for (int i = 0; i < 8; i++) {
            open("198.51." + i + ".1");
        }

        assertThat(unfair("203.0.113.99")).isTrue();
        assertThat(unfair("192.0.2.99")).isFalse();
    }

    @Test
    void aHandfulHoldsNineTenths() throws UnknownHostException {
        hold("192.0.2.1", 6);
        hold("192.0.2.2", 1);
        hold("192.0.2.3", 3);
        assertThat(sources.handful(2, 0.9, 11)).as("too few to tell").isFalse();
        assertThat(sources.handful(2, 0.9, 10)).as("nine of ten").isTrue();
        assertThat(sources.handful(1, 0.9, 10)).as("six of ten").isFalse();
        hold("192.0.2.2", 1);
        assertThat(sources.handful(2, 0.9, 10)).as("nine of eleven").isFalse();
        assertThat(sources.handful(3, 0.9, 10)).as("all").isTrue();
    }

    @Test
    void itIsNoneWhereMoreThan64AreBeside() throws UnknownHostException {
        hold("192.0.2.1", 10_000);
        for (int i = 0; i < 65; i++) {
            hold("198.51.100." + i, 1);
        }
        assertThat(sources.handful(2, 0.9, 1)).isTrue();
        open("198.51.100.65");
        assertThat(sources.handful(2, 0.9, 1)).isFalse();
    }

    @Test
    void namesThoseWhoHoldMostAndNoNetworks() throws UnknownHostException {
        hold("192.0.2.1", 2);
        hold("192.0.2.2", 4);
        hold("198.51.100.1", 1);
        hold("198.51.100.2", 3);

        assertThat(sources.most(2)).extracting(source -> source.connections).containsExactly(4, 3);
        assertThat(sources.most(3)).extracting(source -> source.connections).containsExactly(4, 3, 2);
        assertThat(sources.most(9)).extracting(source -> source.connections).containsExactly(4, 3, 2, 1);
    }

    private void hold(String address, int times) throws UnknownHostException {
        for (int i = 0; i < times; i++) {
            sources.open(InetAddress.getByName(address)).append(new ListEntry() {
                @Override
                TrackedConnection handle() {
                    throw new AssertionError("nobody asks who it is");
                }
            });
        }
    }

    private void openTimes(String address, int times) throws UnknownHostException {
        for (int i = 0; i < times; i++) {
            open(address);
        }
    }

    private void sit(SourceHistory history, String address) throws UnknownHostException {
        InetAddress at = InetAddress.getByName(address);
        history.sat(sources.open(at), at, 0);
    }

    private Rank rank(SourceHistory history, String address) throws UnknownHostException {
        return sources.rank(InetAddress.getByName(address), history.memory());
    }

    @Test
    void takesAWiderIpv6NetworkForOneSourceOnceItHoldsHalfOfAll() throws UnknownHostException {
        for (int i = 0; i < 180; i++) {
            open("2001:db8:1:" + Integer.toHexString(i * 257) + "::1");
        }
        open("2001:db8:7:1::1");
        open("2001:db8:8:1::1");
        open("2001:db8:8:1::2");
        open("192.0.2.7");

        assertThat(unfair("2001:db8:1:ffff::1")).as("a new /64 of the /48").isTrue();
        assertThat(unfair("2001:db8:1:101::1")).isTrue();
        assertThat(unfair("2001:db8:8:1::9")).as("two of a household").isFalse();
        assertThat(unfair("192.0.2.7")).isFalse();
        assertThat(unfair("2001:db8:2::1")).isFalse();
    }

    @Test
    void takesAnIpv4NetworkForOneSourceOnlyIfMostComeFromItAndManyOthersFromElsewhere() throws UnknownHostException {
        for (int i = 0; i < 200; i++) {
            open("192.0.2." + i);
        }
        for (int i = 0; i < 7; i++) {
            open("198.51." + i + ".1");
        }
        assertThat(unfair("192.0.2.250")).as("an office").isFalse();

        open("198.51.100.1");
        assertThat(unfair("192.0.2.250")).isTrue();
        assertThat(unfair("198.51.100.1")).isFalse();
        assertThat(unfair("203.0.113.1")).isFalse();
    }

    @Test
    void knowsAnIpv4AddressInWhateverDress() throws UnknownHostException {
        byte[] mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, (byte) 192, 0, 2, 1};
        sources.open(Inet6Address.getByAddress("x", mapped, 0));
        open("192.0.2.1");
        open("64:ff9b::c000:201");

        assertThat(sources.size()).isEqualTo(1);
    }

    @Test
    void takesLinkLocalAddressesForWhatTheyAre() throws UnknownHostException {
        open("fe80::1");
        open("fe80::2");
        sources.open(
                Inet6Address.getByAddress("x", InetAddress.getByName("fe80::1").getAddress(), 3));

        assertThat(sources.size()).isEqualTo(3);
    }

    /** RFC 8215: a translator of the operator's own. */
    @Test
    void knowsAnIpv4AddressBehindALocalTranslator() throws UnknownHostException {
        open("64:ff9b:1::192.0.2.1");
        open("64:ff9b:1:7::192.0.2.1");
        open("192.0.2.1");
        assertThat(sources.size()).isEqualTo(1);

        open("64:ff9b:1::192.0.2.2");
        open("64:ff9b:1:8:9::1");
        assertThat(sources.size()).isEqualTo(3);
    }

    /** One host of a link may take as many addresses there as it likes; a whole link may be an office, too. */
    @Test
    void takesTheLinkForOneSourceOnlyIfMostComeFromItAndManyOthersFromElsewhere() throws UnknownHostException {
        InetAddress[] link = new InetAddress[200];
        for (int i = 0; i < link.length; i++) {
            byte[] address =
                    InetAddress.getByName("fe80::" + Integer.toHexString(i + 1)).getAddress();
            link[i] = Inet6Address.getByAddress("x", address, i % 2 == 0 ? 3 : 4);
            if (i % 2 == 0) {
                sources.open(link[i]);
            }
        }
        for (int i = 0; i < 7; i++) {
            open("198.51." + i + ".1");
        }
        assertThat(sources.holdsMoreThan(2, link[0])).as("an office").isFalse();

        open("198.51.100.1");
        assertThat(sources.holdsMoreThan(2, link[0])).isTrue();
        assertThat(sources.holdsMoreThan(2, link[1])).as("another interface").isFalse();
        assertThat(unfair("198.51.100.1")).isFalse();
    }

    @Test
    void forgetsNetworksWithTheirLastConnection() throws UnknownHostException {
        List<Source> open = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            open.add(sources.open(InetAddress.getByName(
                    i % 2 == 0 ? "10.1." + (i / 256 % 256) + "." + i % 256 : "2001:db8:" + i + ":1::1")));
        }
        open.forEach(sources::close);

        assertThat(sources.size()).isZero();
        assertThat(sources.networks()).isZero();
    }

    @Test
    void asksWithoutAllocation() throws UnknownHostException {
        InetAddress[] addresses = new InetAddress[64];
        for (int i = 0; i < addresses.length; i++) {
            addresses[i] = InetAddress.getByName(i % 2 == 0 ? "10.0.0." + i : "2001:db8::" + i);
            sources.open(addresses[i]);
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int rounds = 100_000;
        long allocated = Long.MAX_VALUE;
        for (int attempt = 0; attempt < 3; attempt++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < rounds; i++) {
                sources.holdsMoreThan(2, addresses[i % addresses.length]);
            }
            allocated = Math.min(allocated, threads.getCurrentThreadAllocatedBytes() - before);
        }

        assertThat(allocated).as("bytes in %d questions", rounds).isLessThan(rounds);
    }

    private void open(String address) throws UnknownHostException {
        sources.open(InetAddress.getByName(address));
    }

    private boolean unfair(String address) throws UnknownHostException {
        return sources.holdsMoreThan(2, InetAddress.getByName(address));
    }
}
