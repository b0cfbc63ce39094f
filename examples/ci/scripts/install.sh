#!/usr/bin/env bash
# install.sh FOLDER: puts the released bedrail into FOLDER, if its checksum is the one that was published.
#
# BEDRAIL_REPOSITORY  owner/name on GitHub whose releases are taken
# BEDRAIL_VERSION     the release, without `v`
# BEDRAIL_SHA256      optional: the digest that the archive has to have, whatever the release says of itself. The checksums
#                     of a release come from where the archive comes from, so only this guards against a release that was
#                     replaced.
set -euo pipefail

folder="${1:?usage: install.sh FOLDER}"
repository="${BEDRAIL_REPOSITORY:?BEDRAIL_REPOSITORY is the owner/name whose releases are taken}"
version="${BEDRAIL_VERSION:?BEDRAIL_VERSION is the release to install}"
expected="${BEDRAIL_SHA256:-}"

die() {
  if [[ "${GITHUB_ACTIONS:-}" == true ]]; then printf '::error::%s\n' "$1"; else printf 'ERROR: %s\n' "$1" >&2; fi
  exit 1
}

# These end up in an address and in the name of a file.
[[ "$repository" =~ ^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$ ]] || die "BEDRAIL_REPOSITORY is not owner/name"
[[ "$version" =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]] || die "BEDRAIL_VERSION is not a version such as 1.2.3"
platform="$(uname -s)-$(uname -m)"
[[ "$platform" == Linux-x86_64 ]] || die "no release of bedrail is made for $platform; it runs on Linux-x86_64"

name="bedrail-$version-x86_64-unknown-linux-musl.tar.gz"
release="https://github.com/$repository/releases/download/v$version"
place="$(mktemp -d)"
trap 'rm -rf "$place"' EXIT

fetch() {
  curl --fail --silent --show-error --location --proto '=https' --tlsv1.2 --retry 3 --output "$place/$1" "$release/$1" ||
    die "$release/$1 cannot be had"
}
fetch "$name"
if [[ -z "$expected" ]]; then
  fetch SHA256SUMS
  expected="$(awk -v name="$name" '$2 == name || $2 == "*" name { print $1; exit }' "$place/SHA256SUMS")"
  [[ -n "$expected" ]] || die "the SHA256SUMS of v$version do not name $name"
fi
[[ "$expected" =~ ^[0-9a-f]{64}$ ]] || die "the checksum of $name is not 64 hexadecimal digits"
found="$(sha256sum "$place/$name" | cut -d ' ' -f 1)"
[[ "$found" == "$expected" ]] || die "$name has the SHA-256 $found, and not $expected; nothing was installed"

mkdir "$place/archive"
tar -xzf "$place/$name" -C "$place/archive" --no-same-owner
binary="$(find "$place/archive" -type f -name bedrail | sort | head -n 1)"
[[ -n "$binary" ]] || die "$name holds no bedrail"
mkdir -p "$folder"
install -m 755 "$binary" "$folder/bedrail"
printf 'Installed bedrail %s, SHA-256 of its archive %s\n' "$version" "$found"
