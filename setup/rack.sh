#!/bin/sh
# npm run rack: a virtual lab to try, with boards that are QEMU machines behind real daemons.
set -eu
cd "$(dirname "$0")/.."
sh setup/node.sh
PATH=$PWD/node_modules/.bin:$PATH
export PATH
node setup/main.ts --for rest
exec node test/rack/main.ts
