#!/bin/sh
# Creates the namespace and the search attributes that hyplab uses. Safe to run again.
set -eu
namespace=${HYPLAB_NAMESPACE:-hyplab}
temporal operator namespace describe -n "$namespace" >/dev/null 2>&1 ||
  temporal operator namespace create -n "$namespace" --retention 30d
for name in LabPlan LabRun LabCell LabBuild; do
  # A namespace is not known everywhere at the moment of its birth: ask again until the server's caches have it.
  tries=0
  until temporal operator search-attribute create -n "$namespace" --name "$name" --type Keyword 2>/tmp/said ||
    grep -qi 'already' /tmp/said; do
    tries=$((tries + 1))
    [ "$tries" -lt 30 ] || { cat /tmp/said >&2; exit 1; }
    sleep 1
  done
done
