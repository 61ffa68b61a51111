#!/bin/sh
# keepalived MISC_CHECK with misc_dynamic: asks a guarded server for its weight, and lets only some of a pool leave for one cause.
#
#   tcpguard-check.sh ADDRESS HEALTH_PORT [CONFIGURED_WEIGHT [STATE_DIRECTORY [MOST_OUT]]]
#
# Exit code, as misc_dynamic reads it: 1 down; 2 + n up with weight n. Every other end of this script must be 1: keepalived
# would take curl's 7 (refused) for "up, weight 5", a timeout's 28 for 26, and a missing program's 127 for 125.
#
# CONFIGURED_WEIGHT is the server's weight in keepalived.conf (default 100, most 250). It is cut by the answer of the guard in steps
# of a tenth, since each change is a change of the director's table and a line in its log. An up server never gets less than 1.
#
# STATE_DIRECTORY, one for each virtual server, is where the servers of a pool know of each other: each has a file there. A server that
# judges itself sick ("down signals") may leave while fewer than MOST_OUT (default: a third of the pool, at least one) have left for
# that, and somebody stays in; else it stays with weight 1. All servers behind one sick back end judge the same in the same second.
# A server that does not answer, whose listener does not serve, or that an operator drains is out, whatever the others are.
# Without the directory, where it can't be written, or for one whose file is all there is, the server's word stands. Files that
# nobody wrote for two minutes count for nothing (delay_loop must be less than that).
#
# The script gives up by itself, after 2 s for the answer and 2 s for the lock: misc_timeout must be longer (5), since a check that
# keepalived has to kill is counted wrongly by some of its releases.

trap 'exit 1' HUP INT TERM

[ $# -ge 2 ] || exit 1
host=$1
port=$2
configured=${3:-100}
dir=${4:-}
most=${5:-}

case $host in */*) exit 1 ;; esac
case $configured in '' | *[!0-9]* | ?????*) exit 1 ;; esac
[ "$configured" -ge 1 ] && [ "$configured" -le 250 ] || exit 1
case $most in *[!0-9]* | ?????*) exit 1 ;; esac

file=$dir/$host,$port
# Seconds since the director's start, without a process for it: a slow director has dozens of these scripts at a time.
now() {
  read -r now rest < /proc/uptime
  now=${now%.*}
}
# What the others read. Not by a redirection of ":" or "exec": where that fails the shell itself would end, not with 1.
note() { [ -z "$dir" ] || { now && printf '%s %s' "$1" "$now" > "$file"; }; }
down() {
  # One that left by its own judgement and misses a check has not made room for another.
  word=
  [ -z "$dir" ] || { read -r word rest < "$file"; } 2> /dev/null
  [ "$word" = judged ] || word=gone
  note "$word" 2> /dev/null
  exit 1
}

# In a subshell that holds the lock; 0: leave, 3: stay, 2: nothing is known.
may_leave() {
  flock -w 2 9
  case $? in 0) ;; 1) return 3 ;; *) return 2 ;; esac
  now || return 2
  all=1 judged=0 out=0
  for other in "$dir"/*; do
    [ "$other" != "$file" ] && [ -f "$other" ] || continue
    word='' at=''
    read -r word at < "$other"
    case $at in '' | *[!0-9]*) continue ;; esac
    [ "$at" -le "$now" ] && [ $((now - at)) -le 120 ] || continue
    all=$((all + 1))
    case $word in
      judged) judged=$((judged + 1)) out=$((out + 1)) ;;
      gone) out=$((out + 1)) ;;
    esac
  done
  allowed=${most:-$((all / 3))}
  [ -n "$most" ] || [ "$allowed" -ge 1 ] || allowed=1
  if [ "$all" -gt 1 ] && { [ "$judged" -ge "$allowed" ] || [ $((out + 1)) -ge "$all" ]; }; then
    note stays || return 2
    return 3
  fi
  note judged || return 2
}

case $host in *:*) url="[$host]" ;; *) url=$host ;; esac
answer=$(curl --noproxy '*' -fsS --connect-timeout 1 --max-time 2 "http://$url:$port/weight" 2> /dev/null) || down

# The last line is the weight, 0..100. Before it, if that is 0, is why: "down signals", "down listener", "down operator".
share=${answer##*
}
case $answer in
  "down signals
0")
    [ -d "$dir" ] || exit 1
    (may_leave) 2> /dev/null 9> "$dir/.lock"
    [ $? -eq 3 ] && exit 3
    exit 1
    ;;
esac
case $share in '' | *[!0-9]* | ????*) down ;; esac
# Without leading zeros: the shell would read them as octal.
while [ "${share#0}" != "$share" ] && [ "$share" != 0 ]; do share=${share#0}; done
[ "$share" -ge 1 ] && [ "$share" -le 100 ] || down

note in 2> /dev/null

tenths=$(((share + 5) / 10))
weight=$((configured * tenths / 10))
[ "$weight" -ge 1 ] || weight=1

exit $((weight + 2))
