#!/bin/sh
# npm run chaos: disturbs real runs at random and checks that it costs nothing but time. Arguments go to test/chaos/main.ts.
set -eu
cd "$(dirname "$0")/.."
sh setup/node.sh
PATH=$PWD/node_modules/.bin:$PATH
export PATH
node setup/main.ts
exec node test/chaos/main.ts "$@"
