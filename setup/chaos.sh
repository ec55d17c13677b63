#!/bin/sh
# npm run chaos: sets the machine up, then kills and stops what takes part in runs. Arguments go to test/chaos/main.ts.
set -eu
cd "$(dirname "$0")/.."
sh setup/node.sh
node_modules/.bin/node setup/main.ts
exec node_modules/.bin/node test/chaos/main.ts "$@"
