#!/bin/sh
# npm run check: types, lint and the pure tests, side by side. Needs nothing but npm; takes less than half a minute.
set -eu
cd "$(dirname "$0")/.."
sh setup/node.sh
PATH=$PWD/node_modules/.bin:$PATH
export PATH
exec node setup/side-by-side.ts 'tsc --noEmit' 'oxlint --type-aware' 'vitest run --project pure --reporter=dot'
