#!/usr/bin/env bash
# Copies the built program, with what it reads, to where an installed program stands.
#
#   PREFIX=/usr/local  the folder of bin/ and share/attune/, where the program looks by itself
#   DESTDIR=           put before every path, for images and packages
set -euo pipefail
cd "$(dirname "$0")/.."
prefix=${PREFIX:-/usr/local}
root=${DESTDIR:-}
program=build/release/attune
[ -x "$program" ] || { echo "install: $program is not there; \`make build\` makes it" >&2; exit 1; }
[[ "$prefix" == /* ]] || { echo "install: PREFIX=$prefix is no absolute path" >&2; exit 2; }

share=$root$prefix/share/attune
units=$root$prefix/lib/systemd/system
install -d "$root$prefix/bin" "$share/config" "$share/data" "$units" "$root$prefix/lib/sysusers.d"
install -m 755 "$program" "$root$prefix/bin/attune"
# Texts and layouts of an older version would be taken for ones of this version.
rm -rf "$share/config/mappings" "$share/config/templates"
cp -R config/mappings config/templates "$share/config/"
install -m 644 config/attune.example.toml "$share/config/"
install -m 644 LICENSE "$share/"
for pack in data/*/pack.toml; do
    folder=$(dirname "$pack")
    install -d "$share/$folder"
    sources=$(sed -n 's/^file = "\(.*\)"$/\1/p' "$pack")
    for file in pack.toml README.md LICENSE $sources; do
        install -m 644 "$folder/$file" "$share/$folder/"
    done
done

sed "s|/usr/local/|$prefix/|" deploy/attune.service >"$units/attune.service"
chmod 644 "$units/attune.service"
install -m 644 deploy/attune.sysusers "$root$prefix/lib/sysusers.d/attune.conf"
# What somebody has set stays.
settings=$root/etc/attune/attune.toml
[ -e "$settings" ] || install -D -m 644 deploy/attune.toml "$settings"
