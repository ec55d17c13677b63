#!/bin/sh
# npm test: sets the machine up, then types, lint, format and the tests that one waits for. Arguments go to vitest.
set -eu
cd "$(dirname "$0")/.."
sh setup/node.sh
PATH=$PWD/node_modules/.bin:$PATH
# What Node compiled once of our sources and packages, for all that the tests start: half of each start is that.
export PATH NODE_COMPILE_CACHE="${NODE_COMPILE_CACHE:-$PWD/node_modules/.cache/node}"
# A test that is named may be one of the slow ones, and need what they need.
tier=test
for argument; do
  case $argument in -*) ;; *) tier=rest ;; esac
done
node setup/main.ts --for $tier
node setup/side-by-side.ts 'tsc --noEmit' 'oxlint --type-aware' 'prettier --check --log-level warn .'
[ $tier = test ] || exec vitest run "$@"
echo "Left to npm run test:rest: Linux 7.3, EDK2, broken kernels and firmware, boards and the daemons of a lab, the hostile caller, crashes in mid-build and mid-boot, the deaths of a service, other kernel builds, others' tools, installing packages, the commands in the documentation."
exec node setup/tests.ts --project '!rest*' "$@"
