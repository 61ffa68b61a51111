#!/bin/sh
# What ldirectord needs of ipvsadm, without a director: remembers the weight of each server, writes down each change of one.
case $1 in
-L)
  [ -z "$3" ] || exit 0
  printf 'version\nservices\nservers\n'
  [ ! -f virtual ] || cat virtual
  for w in weight-*; do
    [ ! -f "$w" ] || echo "  -> ${w#weight-} Route $(cat "$w") 0 0"
  done
  ;;
-A) echo "TCP  $3 wlc" >virtual ;;
-a | -e)
  echo "$*" >>calls
  while [ $# -gt 0 ]; do
    case $1 in
    -r) server=$2 ;;
    -w) weight=$2 ;;
    esac
    shift
  done
  echo "$weight" >"weight-$server"
  ;;
esac
