#!/bin/sh
# keepalived MISC_CHECK with misc_dynamic: asks a guarded server for its weight.
#
#   tcpguard-check.sh ADDRESS HEALTH_PORT [CONFIGURED_WEIGHT]
#
# Exit code, as misc_dynamic reads it: 1 down; 2 + n up with weight n. Every other end of this script must be 1: keepalived
# would take curl's 7 (refused) for "up, weight 5", a timeout's 28 for 26, and a missing program's 127 for 125.
#
# CONFIGURED_WEIGHT is the server's weight in keepalived.conf (default 100, most 250). It is cut by the answer of the guard in steps
# of a tenth, since each change is a change of the director's table and a line in its log. An up server never gets less than 1.
#
# The script gives up after 2 s by itself: misc_timeout must be longer (5), since a check that keepalived has to kill is counted
# wrongly by some of its releases.

trap 'exit 1' HUP INT TERM

[ $# -ge 2 ] || exit 1
host=$1
port=$2
configured=${3:-100}

case $host in *:*) host="[$host]" ;; esac
case $configured in '' | *[!0-9]* | ?????*) exit 1 ;; esac
[ "$configured" -ge 1 ] && [ "$configured" -le 250 ] || exit 1

answer=$(curl --noproxy '*' -fsS --connect-timeout 1 --max-time 2 "http://$host:$port/weight" 2>/dev/null) || exit 1

# The last line is the weight, 0..100.
share=${answer##*
}
case $share in '' | *[!0-9]* | ????*) exit 1 ;; esac
# Without leading zeros: the shell would read them as octal.
while [ "${share#0}" != "$share" ] && [ "$share" != 0 ]; do share=${share#0}; done
[ "$share" -ge 1 ] && [ "$share" -le 100 ] || exit 1

tenths=$(((share + 5) / 10))
weight=$((configured * tenths / 10))
[ "$weight" -ge 1 ] || weight=1

exit $((weight + 2))
