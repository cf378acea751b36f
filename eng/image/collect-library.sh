#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: collect-library.sh LIBRARY FOLDER
# Copies a shared library and everything that it links to into FOLDER, under the paths of a merged /usr, with the licences of
# their packages. What the .NET images always have (C library, compiler runtime) stays out.
set -eu
library=$1
target=$2
path=$(ldconfig -p | awk -v name="$library" '$1 == name { print $NF; exit }')
[ -n "$path" ] || { echo "$library is not installed" >&2; exit 1; }

linked=$(ldd "$path")
case $linked in *'not found'*) echo "$linked" >&2; exit 1 ;; esac

for file in "$path" $(echo "$linked" | awk '$2 == "=>" { print $3 }'); do
  name=$(basename "$file")
  case $name in libc.so.* | libm.so.* | libdl.so.* | librt.so.* | libpthread.so.* | libgcc_s.so.* | libstdc++.so.*) continue ;; esac
  folder=$(dirname "$file")
  mkdir -p "$target/usr/${folder#/usr}" # /lib is a link to /usr/lib; the copy must not replace it
  cp -L "$file" "$target/usr/${folder#/usr}/$name"
  package=$(dpkg -S "*/$name" | head -n 1 | cut -d: -f1)
  mkdir -p "$target/usr/share/doc/$package"
  cp -L "/usr/share/doc/$package/copyright" "$target/usr/share/doc/$package/copyright"
  echo "$name from $package"
done
