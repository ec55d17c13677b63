#!/bin/sh
# Makes node_modules ready: what package-lock.json says, whole, and with it Node 24. Says nothing when it is.
# All that has to come before there is a Node 24; everything else of the set-up is setup/main.ts.
set -eu
cd "$(dirname "$0")/.."

# Written last, so an `npm ci` that was stopped half-way (which deletes node_modules first) is done again.
stamp=node_modules/.hyplab-package-lock.json
ready() { cmp -s package-lock.json "$stamp" && [ -x node_modules/.bin/node ]; }
ready && exit 0

say() { echo "hyplab: $*" >&2; }
if ! command -v npm >/dev/null; then
  say "npm is missing; as root: apt-get install npm"
  exit 1
fi
# Two set-ups at once would pull node_modules from under each other.
exec 9<package-lock.json
if command -v flock >/dev/null && ! flock -n 9; then
  say "waiting for another set-up of this folder"
  flock 9
  if ready; then exit 0; fi
fi
say "installing the npm packages of package-lock.json, Node 24 among them, into node_modules"
# Quiet about engines: it is the old Node that installs, and the new one that runs.
npm ci --include=dev --no-audit --no-fund --loglevel=error >&2
case $(node_modules/.bin/node --version 2>/dev/null || true) in
  v24.*) ;;
  *)
    say "npm ran no install script of the package 'node', so there is no Node 24; is ignore-scripts set in your npmrc?"
    exit 1
    ;;
esac
cp package-lock.json "$stamp.part"
mv "$stamp.part" "$stamp"
