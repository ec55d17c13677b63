#!/bin/sh
# npm run bench: sets the machine up, then measures. Arguments go to the benchmarks.
set -eu
cd "$(dirname "$0")/.."
sh setup/node.sh
node_modules/.bin/node setup/main.ts
exec node_modules/.bin/node bench/main.ts "$@"
