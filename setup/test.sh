#!/bin/sh
# npm test: sets the machine up, then types, lint, format and all tests. Arguments go to vitest.
set -eu
cd "$(dirname "$0")/.."
sh setup/node.sh
PATH=$PWD/node_modules/.bin:$PATH
export PATH
node setup/main.ts --for-tests
echo "types"
tsc --noEmit
echo "lint"
oxlint --type-aware
echo "format"
prettier --check --log-level warn .
echo "tests"
exec vitest run "$@"
