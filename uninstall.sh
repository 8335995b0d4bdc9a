#!/bin/sh
# Removes what install.sh put in place. Data, logs and settings stay unless --purge.
set -eu

PREFIX=/usr/local
DESTDIR=${DESTDIR:-}
PURGE=no
DRY_RUN=no

usage() {
	cat <<'TEXT'
usage: ./uninstall.sh [options]

  --purge        also delete /etc/mvm, /var/lib/mvm, /var/log/mvm and the user mvm; --remove-data is the same
  --prefix DIR   where executables were put (/usr/local)
  --dry-run      say what would be done
  --help
TEXT
}

fail() {
	printf 'uninstall.sh: %s\n' "$*" >&2
	exit 1
}
run() {
	if [ "$DRY_RUN" = yes ]; then printf 'would run: %s\n' "$*"; else "$@"; fi
}

while [ $# -gt 0 ]; do
	case $1 in
	--purge | --remove-data) PURGE=yes ;;
	--dry-run) DRY_RUN=yes ;;
	--prefix)
		[ $# -ge 2 ] || fail "$1 needs a value"
		PREFIX=$2
		shift
		;;
	--help | -h)
		usage
		exit 0
		;;
	*)
		usage >&2
		fail "unknown option $1"
		;;
	esac
	shift
done

MANIFEST=$DESTDIR$PREFIX/lib/mvm/manifest
[ -f "$MANIFEST" ] || [ "$PURGE" = yes ] || fail "nothing of ours under $PREFIX (no $MANIFEST)"
[ -n "$DESTDIR" ] || [ "$DRY_RUN" = yes ] || [ "$(id -u)" = 0 ] || fail 'run this as root'

# Who ran it is who owns it.
USER_NAME=mvm
unit=$DESTDIR/etc/systemd/system/mvm-sync.service
if [ -f "$unit" ]; then USER_NAME=$(sed -n 's/^User=//p' "$unit"); fi

if [ -z "$DESTDIR" ] && [ -d /run/systemd/system ]; then
	for each in mvm-status.timer mvm-view.service mvm-status.service mvm-sync.service; do
		if [ -f "/etc/systemd/system/$each" ]; then run systemctl disable --quiet --now "$each" || true; fi
	done
fi

if [ -f "$MANIFEST" ]; then
	folders=''
	while read -r each; do
		case $each in
		*/) folders="$DESTDIR$each
$folders" ;;
		/*) run rm -f "$DESTDIR$each" ;;
		esac
	done <"$MANIFEST"
	# What another tool had there before goes back to its place.
	if [ -d "$DESTDIR$PREFIX/lib/mvm/replaced" ]; then
		(cd "$DESTDIR$PREFIX/lib/mvm/replaced" && find . ! -type d) | while read -r each; do
			run mv -f "$DESTDIR$PREFIX/lib/mvm/replaced/$each" "$DESTDIR/$each"
		done
	fi
	run rm -rf "$DESTDIR$PREFIX/lib/mvm"
	# Deepest first; one that others use by now stays.
	printf '%s' "$folders" | while read -r each; do run rmdir "$each" 2>/dev/null || true; done
fi

if [ -z "$DESTDIR" ] && [ -d /run/systemd/system ]; then
	run systemctl daemon-reload
	run systemctl reset-failed 'mvm-*' 2>/dev/null || true
fi

if [ "$PURGE" = yes ]; then
	run rm -rf "$DESTDIR/etc/mvm" "$DESTDIR/var/lib/mvm" "$DESTDIR/var/log/mvm"
	for each in mvm-sync.service mvm-status.service mvm-status.timer mvm-view.service; do
		run rm -rf "$DESTDIR/etc/systemd/system/$each.d"
	done
	run rm -f "$DESTDIR/var/lib/systemd/timers/stamp-mvm-status.timer"
	if [ -z "$DESTDIR" ]; then
		# Only a user we made: one that people log in with is theirs.
		if [ "$(getent passwd "$USER_NAME" | cut -d: -f6)" = /var/lib/mvm ]; then
			run userdel "$USER_NAME"
			if getent group "$USER_NAME" >/dev/null; then run groupdel "$USER_NAME"; fi
		fi
	fi
	printf 'mvm is removed, with its data.\n'
else
	printf 'mvm is removed. Kept: /etc/mvm, /var/lib/mvm, /var/log/mvm (delete them with --purge)\n'
fi
