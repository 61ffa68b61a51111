# To be sourced: a real LVS cluster in namespaces that end with the process that made them. For `replay`, and for the test that runs the
# shipped director configurations.
#
#   client (namespace tcpg-client)        tcpg-rs1 .. tcpg-rsN, the VIP on their lo
#      |                                     |
#   ===br0==========================================    (a network namespace without any way out)
#      |
#   director: a user-mode-linux guest with ip_vs and keepalived
#
# Set before: name (of the caller, for messages), net (three bytes), vip.
lvs=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
director=$net.2
scratch=${TCPG_SCRATCH:-}
director_pid=

stop() { echo "$name: $*" >&2; exit 1; }

# ---- what it needs ------------------------------------------------------------------------------------------------------------
needs() {                                    # exit code 3: something is missing, and was named
  local missing=() packages=() pair
  [ "$(uname -s)" = Linux ] || stop "needs Linux"
  for pair in linux.uml:user-mode-linux keepalived:keepalived ipvsadm:ipvsadm modprobe:kmod ip:iproute2 unshare:util-linux \
    nsenter:util-linux setpriv:util-linux sysctl:procps java:openjdk-17-jre-headless; do
    PATH=$PATH:/usr/sbin:/sbin command -v "${pair%%:*}" >/dev/null || { missing+=("program ${pair%%:*}"); packages+=("${pair##*:}"); }
  done
  [ -d /usr/lib/uml/modules ] || missing+=("modules of the guest's kernel in /usr/lib/uml/modules (user-mode-linux)")
  [ -c /dev/net/tun ] || missing+=("device /dev/net/tun")
  [ "$(id -u)" = 0 ] || missing+=("root (network namespaces, a tap device)")
  [ "$(ulimit -Hn)" = unlimited ] || [ "$(ulimit -Hn)" -ge 4096 ] || missing+=("a hard limit of 4096 open files for the client (ulimit -Hn)")
  [ ${#missing[@]} = 0 ] && return
  printf "$name: missing: %s\n" "${missing[@]}" >&2
  [ ${#packages[@]} = 0 ] || echo "$name: on Debian: apt-get install ${packages[*]}" >&2
  exit 3
}

# ---- outside: everything happens in namespaces that end with this process -------------------------------------------------------
inside() { [ "${TCPG_INSIDE:-}" = "$PPID" ] && [ $$ = 1 ]; }
run_inside() {                               # run_inside SCRIPT ARGUMENTS: the script again, inside; ends this process with it
  scratch=$(mktemp -d "${TMPDIR:-/tmp}/tcpg-$name.XXXXXX") || exit 1
  mkdir -p /run/netns
  # The death of this shell, of unshare, or of the first process inside, whichever comes first and however, ends everything inside:
  # servers, client, director; and with the last process go the namespaces, the bridge and the tap device.
  TCPG_INSIDE=0 TCPG_SCRATCH=$scratch setpriv --pdeathsig KILL \
    unshare --net --mount --pid --fork --kill-child=KILL --mount-proc "$@" <&0 &
  inside=$!
  # With nobody in them the namespaces are gone, and nothing writes in the directory any more.
  trap 'kill -KILL $inside 2>/dev/null; wait $inside 2>/dev/null; rm -rf "$scratch"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  wait $inside
  exit $?
}

# ---- inside: the network ----------------------------------------------------------------------------------------------------------
in_ns() { local ns=$1; shift; nsenter --net=/run/netns/tcpg-"$ns" -- "$@"; }
host() {                                     # host NAME IP
  ip netns add "tcpg-$1" && ip link add "p-$1" type veth peer name eth0 netns "tcpg-$1" && ip link set "p-$1" master br0 up &&
    ip -n "tcpg-$1" link set lo up && ip -n "tcpg-$1" addr add "$2/24" dev eth0 && ip -n "tcpg-$1" link set eth0 up || stop "no host $1"
}
network() {                                  # network SERVERS
  local i
  mount -t tmpfs tmpfs /run/netns || stop "can't hide the host's namespaces"   # names made here are seen here only
  ip link set lo up
  ip link add br0 type bridge && ip link set br0 up || stop "no bridge"
  host client "$net.50"
  in_ns client sysctl -q -w net.ipv4.ip_local_port_range="10000 65000"
  for ((i = 1; i <= $1; i++)); do
    host "rs$i" "$net.$((10 + i))"
    # Direct routing: each server takes packets for the VIP, none says so by ARP.
    in_ns "rs$i" sysctl -q -w net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2
    ip -n "tcpg-rs$i" addr add "$vip/32" dev lo
  done
  ip tuntap add dev tapd mode tap && ip link set tapd master br0 up || stop "no tap device"
}

# ---- the director -----------------------------------------------------------------------------------------------------------------
# A PID namespace of its own for the guest. Its processes are processes out here, held by ptrace: were the guest's kernel alone
# killed, they would go on as root's, out here. So they must die with it.
boot_director() {                            # boot_director DIR: with keepalived.conf in it; logs go there
  printf 'VIP=%s\nDIRECTOR=%s\n' "$vip" "$director" > "$1/guest.env"
  touch "$1/keepalived.log" "$1/ipvs.log"
  mkdir -p "$scratch/uml"
  # The card's address is fixed, or the others' ARP entries would point to the director of the run before.
  TMPDIR=/dev/shm nice -n -10 unshare --pid --fork --kill-child=KILL --mount-proc \
    linux.uml mem=192M root=/dev/root rootfstype=hostfs rootflags=/ ro init="$lvs/director-init.sh" con=null con0=null,fd:1 \
    umid=tcpg uml_dir="$scratch/uml/" vec0:transport=tap,ifname=tapd,mac=02:00:00:00:00:02,depth=128,gro=1 REPLAY_SHARE="$1" \
    > "$1/director.log" 2>&1 < /dev/null &
  director_pid=$!
}
await() {                                    # await SECONDS WHAT PID FILE WORDS: until the file says so
  local t
  for ((t = 0; t < $1 * 10; t++)); do
    grep -q "$5" "$4" 2>/dev/null && return
    kill -0 "$3" 2>/dev/null || break
    sleep 0.1
  done
  tail -15 "$4" >&2
  stop "$2 did not start; see above, and ${4%/*}"
}
