#!/bin/sh
# Release archives from what `bun run build` left in dist/: tarball, .deb, .rpm, list of parts, sums, signed with MVM_SIGNING_KEY if
# that names a key of ssh-keygen. Twice gives the same bytes.
set -eu

cd "$(dirname -- "$0")/.."
OUT=${1:-release}
# All, or those named: scripts/build-release.sh FOLDER deb rpm
[ $# = 0 ] || shift
PARTS=${*:-tarball deb rpm}
# Executables for another machine, as `bun run build --target` leaves them: MVM_DIST=dist/linux-arm64, tarballs alone.
DIST=${MVM_DIST:-dist}
VERSION=$(sed -n 's/^ *"version": "\(.*\)",$/\1/p' package.json)
case $(uname -m) in
x86_64) ARCH=x64 DEB_ARCH=amd64 RPM_ARCH=x86_64 ;;
aarch64) ARCH=arm64 DEB_ARCH=arm64 RPM_ARCH=aarch64 ;;
*) printf 'build-release.sh: no release for %s\n' "$(uname -m)" >&2 && exit 1 ;;
esac
# Files carry the time of the commit, so that the same commit makes the same archive.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
NAME=mvm-$VERSION-linux-$ARCH
case $DIST in *linux-*)
	NAME=mvm-$VERSION-linux-${DIST##*linux-}
	PARTS=tarball
	;;
esac
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
rm -rf "$OUT"
mkdir -p "$OUT"
OUT=$(cd "$OUT" && pwd)
umask 022

# Like beside like: the smaller executables first, the umbrella that holds them all last.
in_order() {
	(cd "$1" && find "$2" | LC_ALL=C sort | grep -v "^$2/bin/")
	for each in mvm-status mvm-sync mvm-view mvm; do [ ! -e "$1/$2/bin/$each" ] || printf '%s\n' "$2/bin/$each"; done
}
pack() { in_order "$1" "$2" | tar --no-recursion --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner -C "$1" -cf - -T -; }
age() { find "$1" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +; }

# What an archive holds, as a folder: made by itself for who wants to try it without packing.
folder() { release_folder "$OUT/$NAME"; }

release_folder() {
	root=$1
	mkdir -p "$root/bin"
	for each in mvm mvm-sync mvm-status mvm-view; do [ ! -x "$DIST/$each" ] || cp "$DIST/$each" "$root/bin/"; done
	for each in man completions lib; do [ ! -d "$DIST/$each" ] || cp -R "$DIST/$each" "$root/"; done
	cp -R units install.sh uninstall.sh LICENSE README.md CHANGELOG.md "$DIST/THIRD-PARTY" "$root/"
	for each in DEPLOYMENT.md SECURITY.md; do [ ! -f "$each" ] || cp "$each" "$root/"; done
	mkdir -p "$root/examples"
	for each in examples/*; do
		# The devnet runs from the sources; a release has none.
		[ "$each" = examples/devnet ] || cp -R "$each" "$root/examples/"
	done
	(cd "$root" && find . -type f ! -name SHA256SUMS -printf '%P\n' | LC_ALL=C sort | xargs sha256sum >"$WORK/sums")
	mv "$WORK/sums" "$root/SHA256SUMS"
	sign "$root/SHA256SUMS"
}

tarball() {
	release_folder "$WORK/$NAME"
	pack "$WORK" "$NAME" | gzip -n -6 >"$OUT/$NAME.tar.gz"
	# The four executables share one runtime: a long window finds it again, from one to the next.
	if command -v zstd >/dev/null; then pack "$WORK" "$NAME" | zstd -q -12 --long=28 -o "$OUT/$NAME.tar.zst"; fi
}

# With a key at hand. Each signature of ed25519 over the same bytes is the same.
sign() {
	[ -n "${MVM_SIGNING_KEY:-}" ] || return 0
	rm -f "$1.sig"
	ssh-keygen -q -Y sign -f "$MVM_SIGNING_KEY" -n mvm-release "$1" 2>/dev/null
}

# What a package puts in place is what install.sh puts in place: one executable, and links for its roles.
stage() {
	DESTDIR=$1 ./install.sh --package --compact --prefix /usr >/dev/null
	mkdir -p "$1/usr/lib/mvm" "$1/usr/share/doc/mvm"
	install -m 0755 install.sh "$1/usr/lib/mvm/install.sh"
	# Ours, and those of the work of others inside.
	cat LICENSE - "$DIST/THIRD-PARTY" <<-TEXT >"$1/usr/share/doc/mvm/copyright"

	TEXT
	cp -R examples "$1/usr/share/doc/mvm/"
	rm -rf "$1/usr/share/doc/mvm/examples/devnet"
}

deb() {
	command -v dpkg-deb >/dev/null || return 0
	root=$WORK/deb
	stage "$root"
	mkdir -p "$root/DEBIAN"
	cp scripts/package/postinst scripts/package/prerm scripts/package/postrm "$root/DEBIAN/"
	chmod 0755 "$root"/DEBIAN/*
	printf '/etc/logrotate.d/mvm\n' >"$WORK/conffiles"
	[ ! -f "$root/etc/logrotate.d/mvm" ] || cp "$WORK/conffiles" "$root/DEBIAN/conffiles"
	cat >"$root/DEBIAN/control" <<TEXT
Package: mvm
Version: $(deb_version)
Architecture: $DEB_ARCH
Maintainer: mvm authors <noreply@example.invalid>
Installed-Size: $(du -sk "$root" | cut -f1)
Depends: libc6 (>= 2.31), adduser | passwd
Recommends: logrotate
Section: admin
Priority: optional
Description: Midnight Validator Monitor
 Follows a Midnight node, stores every block with its author, and tells whether
 a validator made its blocks, missed slots, and when its next slot is.
TEXT
	age "$root"
	# Stripping a finished executable would destroy it; dpkg-deb only packs.
	dpkg-deb --root-owner-group -Zxz -z1 --build "$root" "$OUT/mvm_$(deb_version)_$DEB_ARCH.deb" >/dev/null
}

# 0.3.0-dev sorts before 0.3.0 with a tilde only.
deb_version() { printf '%s' "$VERSION" | sed 's/-/~/'; }

rpm() {
	command -v rpmbuild >/dev/null || return 0
	root=$WORK/rpm-root
	stage "$root"
	age "$root"
	{
		cat <<TEXT
Name: mvm
Version: $(printf '%s' "$VERSION" | sed 's/-/~/')
Release: 1
Summary: Midnight Validator Monitor
License: MIT
AutoReqProv: no
Requires(pre): shadow-utils
%global __os_install_post %{nil}
%global _build_id_links none
%define _binary_payload w1T.xzdio
%define clamp_mtime_to_source_date_epoch 1
%define use_source_date_epoch_as_buildtime 1
%define _buildhost reproducible
%description
Follows a Midnight node, stores every block with its author, and tells whether
a validator made its blocks, missed slots, and when its next slot is.
%install
mkdir -p %{buildroot}
cp -a $root/. %{buildroot}/
%post
$(sed 1d scripts/package/postinst)
%preun
$(sed 1d scripts/package/prerm)
%postun
$(sed 1d scripts/package/postrm)
%files
TEXT
		(cd "$root" && find . ! -type d -printf '/%P\n' | LC_ALL=C sort | sed 's|^/etc/logrotate.d/mvm$|%config(noreplace) &|; s|^/usr/share/man/.*|&*|')
	} >"$WORK/mvm.spec"
	rpmbuild --quiet -bb --target "$RPM_ARCH-linux" \
		--define "_topdir $WORK/rpm" --define "_rpmdir $OUT" --define "_rpmfilename mvm-$VERSION.$RPM_ARCH.rpm" "$WORK/mvm.spec" >"$WORK/rpm.log" 2>&1 ||
		{ cat "$WORK/rpm.log" >&2 && exit 1; }
}

for part in $PARTS; do
	case $part in
	tarball | folder | deb | rpm) "$part" ;;
	*) printf 'build-release.sh: no part is called %s\n' "$part" >&2 && exit 1 ;;
	esac
done
bun scripts/sbom.ts >"$OUT/mvm-$VERSION.cdx.json"
(cd "$OUT" && find . -maxdepth 1 -type f -name "mvm*" -printf "%P\n" | LC_ALL=C sort | xargs sha256sum >"$WORK/sums")
mv "$WORK/sums" "$OUT/SHA256SUMS"
sign "$OUT/SHA256SUMS"
find "$OUT" -maxdepth 1 -type f -printf '%s %f\n' | sort -k 2 | awk '{ printf "%8.1f MB  %s\n", $1 / 1e6, $2 }'
