#!/bin/sh
# npm run test:rest: sets the machine up, then the tests that npm test leaves out. Arguments go to vitest.
set -eu
cd "$(dirname "$0")/.."
sh setup/node.sh
PATH=$PWD/node_modules/.bin:$PATH
export PATH NODE_COMPILE_CACHE="${NODE_COMPILE_CACHE:-$PWD/node_modules/.cache/node}"
node setup/main.ts --for rest
exec node setup/tests.ts --project 'rest*' "$@"
