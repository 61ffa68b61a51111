#!/bin/sh
# First process of the director: a user-mode-linux guest whose root is the host's own, read-only. The one thing it can write is the
# run's directory (on its command line as REPLAY_SHARE), seen here as /run/share. keepalived.conf and guest.env wait there.
[ $$ = 1 ] && [ -n "$REPLAY_SHARE" ] || exit 1       # in the guest only, never on a host
export PATH=/usr/sbin:/usr/bin:/sbin:/bin TZ=UTC LANG=C
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /tmp
mkdir -p /run/share /run/modules/lib
mount -t hostfs none /run/share -o "$REPLAY_SHARE" || halt -f -p
cd /run/share || halt -f -p
. ./guest.env

# Debian keeps the guest's modules apart from the host's.
ln -s /usr/lib/uml/modules /run/modules/lib/modules
modprobe -d /run/modules ip_vs && modprobe -d /run/modules ip_vs_wlc || echo "no ip_vs in the guest's kernel"

ip link set lo up
ip addr add "$DIRECTOR/24" dev vec0
ip addr add "$VIP/32" dev vec0
ip link set vec0 up
# Direct routing: pass on what is for the VIP, and don't tell clients of a shorter way.
sysctl -q -w net.ipv4.ip_forward=1 net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.vec0.send_redirects=0 \
  net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.vec0.rp_filter=0

# Check scripts, where a configuration looks for them.
[ ! -d scripts ] || { mount -t tmpfs -o mode=755 tmpfs /etc/keepalived && cp scripts/* /etc/keepalived/; }

# Where check scripts, which run as nobody, let the servers of a pool know of each other.
mkdir -m 700 /run/tcpguard && chown nobody:nogroup /run/tcpguard

# -C: checks only, no VRRP; -n -l -D: stay here, log to the console, in detail.
director() { keepalived -n -l -D -C -p /run/keepalived.pid -c /run/checkers.pid -f /run/share/keepalived.conf >> keepalived.log 2>&1; }
director & director=$!

# The table once a second; sync is what takes written pages to the host. Processes are dear in a guest: no more of them than this.
while :; do
  ipvsadm -Ln
  echo "### end"
  sync -f ipvs.log
  # Started anew, when the replay wants it.
  [ ! -e restart ] || [ -e /run/restarted ] || { touch /run/restarted; kill $(cat /run/keepalived.pid); wait $director; director & }
  sleep 0.9
done >> ipvs.log 2>&1
