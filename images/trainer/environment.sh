#!/bin/sh
# Makes the image's Python environment, opt/titrate/venv, out of packages that were installed into the site-packages of
# the tree LIBRARIES: takes out what never runs, compiles to byte code, and moves PyTorch with CUDA into the tree PYTORCH,
# as that weighs most and changes least. Both trees together make the environment.
# usage: environment.sh LIBRARIES PYTORCH PYTHON...      PYTHON is the image's own Python 3.11
set -eu
libraries=$1
pytorch=$2
shift 2
venv=opt/titrate/venv
site=$venv/lib/python3.11/site-packages

# Static libraries, headers (the image's compiler is for Triton, which brings its own), type stubs, the libraries' own tests, and scripts that name the
# Python of the machine that installed them.
cd "$libraries/$site"
rm -rf bin share
find . -type f \( -name '*.a' -o -name '*.pyi' -o -name '*.pyx' -o -name '*.pxd' -o -name '*.cuh' -o -name '*.cmake' \) -delete
find ./torch ./nvidia -type d -name include -prune -exec rm -rf {} +
find . -type d \( -name tests -o -name __pycache__ \) -prune -exec rm -rf {} +
find . -type d -empty -delete

# The image's root is read-only: byte code that is not there would be compiled at each start. It carries no time, so that
# it is the same in each build. One file of PyTorch's own tests is written for Python 3.12.
"$@" -m compileall -q -j 2 --invalidation-mode unchecked-hash -s "$libraries" -p / -x py312_intrinsics "$libraries/$site"

# A virtual environment is this file and a link to an interpreter; made by hand it carries no path of this machine.
mkdir -p "$libraries/$venv/bin"
for name in python python3 python3.11; do ln -s /usr/bin/python3.11 "$libraries/$venv/bin/$name"; done
printf 'home = /usr/bin\ninclude-system-site-packages = false\nversion = 3.11\n' >"$libraries/$venv/pyvenv.cfg"

mkdir -p "$pytorch/$site"
for part in nvidia torch triton torchgen functorch cuda; do
  for path in "$part" "$part"-* "$part"_*; do
    if [ -e "$path" ]; then mv "$path" "$pytorch/$site/"; fi
  done
done
