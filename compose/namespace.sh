#!/bin/sh
# Creates the namespace and the search attributes that hyplab uses. Safe to run again.
set -eu
namespace=${HYPLAB_NAMESPACE:-hyplab}

# Tries a command until it succeeds, or says that what it would make is there already; a minute at most.
persist() {
  tries=0
  until said=$("$@" 2>&1) || echo "$said" | grep -qi 'already'; do
    tries=$((tries + 1))
    [ "$tries" -lt 60 ] || { echo "$said" >&2; return 1; }
    sleep 1
  done
}

# The port is open before the server answers.
persist temporal operator cluster health
persist temporal operator namespace create -n "$namespace" --retention 30d
for name in LabPlan LabRun LabCell LabBuild; do
  # A namespace is not known everywhere at the moment of its birth: the server's caches learn of it within seconds.
  persist temporal operator search-attribute create -n "$namespace" --name "$name" --type Keyword
done
