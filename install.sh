#!/bin/sh
# Installs mvm as a system service, or upgrades it. Run it from a release folder or a checkout, as root.
# Everything is checked before anything is changed; a failed upgrade leaves the old version running.
set -eu

PREFIX=/usr/local
DESTDIR=${DESTDIR:-}
SERVICE_USER=mvm
START=yes
TIMER=no
COMPACT=no
DRY_RUN=no
FORCE=no
PACKAGE=no
CONFIGURE=no
SOURCE=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
CHANGED=0
RAN=''
UPGRADE=no
USER_GIVEN=no
SIGNERS=''
# From the first change until it is known to run, leaving means going back.
CHANGING=no

usage() {
	cat <<'TEXT'
usage: ./install.sh [options]

  --with-status-timer  also run a health check every five minutes
  --compact            one executable with links for its roles (a third of the space)
  --no-start           install and enable nothing
  --user NAME          run as this user and group instead of mvm
  --prefix DIR         where executables go (/usr/local)
  --dry-run            say what would be done
  --force              install an older version over a newer one
  --signers FILE       check who signed the release: its keys, as ssh-keygen(1) calls "allowed signers"
  --help

For packagers: DESTDIR=FOLDER installs below a folder and starts nothing; --package leaves out what a package
manager keeps track of itself; --configure only makes the user, the folders and the configuration.
Settings are in /etc/mvm/config.toml, data in /var/lib/mvm. To remove: ./uninstall.sh
TEXT
}

say() { printf '%s\n' "$*"; }
fail() {
	printf 'install.sh: %s\n' "$*" >&2
	exit 1
}
run() {
	if [ "$DRY_RUN" = yes ]; then say "would run: $*"; else "$@"; fi
}

while [ $# -gt 0 ]; do
	case $1 in
	--with-status-timer) TIMER=yes ;;
	--compact) COMPACT=yes ;;
	--no-start) START=no ;;
	--dry-run) DRY_RUN=yes ;;
	--force) FORCE=yes ;;
	--package) PACKAGE=yes ;;
	--configure) CONFIGURE=yes ;;
	--user | --prefix | --signers)
		[ $# -ge 2 ] || fail "$1 needs a value"
		case $1 in
		--user) SERVICE_USER=$2 USER_GIVEN=yes ;;
		--prefix) PREFIX=$2 ;;
		*) SIGNERS=$2 ;;
		esac
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

BIN=$PREFIX/bin
UNITS=/etc/systemd/system
[ "$PACKAGE" = no ] || UNITS=/usr/lib/systemd/system
MANIFEST=$PREFIX/lib/mvm/manifest
OLD=$PREFIX/lib/mvm/previous
# What others had put where ours goes; uninstall.sh puts it back.
REPLACED=$PREFIX/lib/mvm/replaced
# Installed with --no-start, and not started since.
UNSTARTED=$PREFIX/lib/mvm/not-started

# --- look before touching -------------------------------------------------------------------------------

find_files() {
	if [ -d "$SOURCE/bin" ]; then
		FILES=$SOURCE
		EXECUTABLES=$SOURCE/bin
	elif [ -x "$SOURCE/dist/mvm" ]; then
		FILES=$SOURCE/dist
		EXECUTABLES=$SOURCE/dist
	else
		fail 'no executables here: run "bun run build" first, or use a release archive'
	fi
}

check_machine() {
	[ "$(uname -s)" = Linux ] || fail "this installs on Linux; here is $(uname -s)"
	case $(uname -m) in
	x86_64 | aarch64) ;;
	*) fail "no executables for $(uname -m): run from a checkout with Bun instead" ;;
	esac
	if [ -z "$DESTDIR" ]; then
		[ "$DRY_RUN" = yes ] || [ "$(id -u)" = 0 ] || fail 'run this as root (sudo ./install.sh), or with --dry-run'
		[ -d /run/systemd/system ] || fail "no systemd runs here. By hand: copy $EXECUTABLES/mvm* to $BIN, write a \
configuration with 'mvm config init', and let your init system keep 'mvm-sync --daemon' running"
	fi
	"$EXECUTABLES/mvm" --version >/dev/null 2>&1 ||
		fail "$EXECUTABLES/mvm does not run here: wrong processor, or a libc other than glibc"
	SIZE=$(du -sk "$EXECUTABLES" | cut -f1)
	FREE=$(df -Pk "$(existing "$DESTDIR$BIN")" | awk 'NR == 2 { print $4 }')
	[ "$FREE" -gt $((SIZE * 2)) ] || fail "$BIN needs $((SIZE * 2 / 1024)) MB free for a safe upgrade, has $((FREE / 1024))"
	# The database is kept once more before an upgrade.
	[ -f "$DESTDIR/var/lib/mvm/mvm.db" ] || return 0
	SIZE=$(du -sk "$DESTDIR/var/lib/mvm/mvm.db" | cut -f1)
	FREE=$(df -Pk "$DESTDIR/var/lib/mvm" | awk 'NR == 2 { print $4 }')
	[ "$FREE" -gt "$SIZE" ] || fail "/var/lib/mvm needs $((SIZE / 1024)) MB free for a copy of the database, has $((FREE / 1024))"
}

# The nearest folder above that is there.
existing() {
	at=$1
	while [ ! -d "$at" ]; do at=$(dirname -- "$at"); done
	printf '%s' "$at"
}

version_of() { "$1" --version 2>/dev/null | awk '{ print $2; exit }'; }

check_version() {
	NEW=$(version_of "$EXECUTABLES/mvm")
	# Without our list of files what lies there is another's, the Rust tool's say: that is no upgrade.
	{ [ -x "$DESTDIR$BIN/mvm" ] && [ -f "$DESTDIR$MANIFEST" ]; } || return 0
	UPGRADE=yes
	remember
	HAVE=$(version_of "$DESTDIR$BIN/mvm")
	# 0.3.0-rc.1 comes before 0.3.0: sort wants a tilde to know.
	newest=$(printf '%s\n%s\n' "$HAVE" "$NEW" | sed 's/-/~/' | sort -V | tail -n 1 | sed 's/~/-/')
	if [ "$newest" != "$NEW" ] && [ "$FORCE" = no ]; then
		fail "version $HAVE is installed and newer than $NEW: its database may be too new for this one. --force insists"
	fi
}

# An upgrade keeps what the first install was asked for.
remember() {
	if [ -L "$DESTDIR$BIN/mvm-sync" ]; then COMPACT=yes; fi
	if [ "$USER_GIVEN" = no ] && [ -f "$DESTDIR$UNITS/mvm-sync.service" ]; then
		SERVICE_USER=$(sed -n 's/^User=//p' "$DESTDIR$UNITS/mvm-sync.service")
	fi
}

# A release says what it holds; a checkout has just been built.
check_sums() {
	if [ -n "$SIGNERS" ]; then
		[ -f "$SOURCE/SHA256SUMS.sig" ] || fail 'this release is not signed (no SHA256SUMS.sig)'
		command -v ssh-keygen >/dev/null || fail '--signers needs ssh-keygen (package openssh-client)'
		ssh-keygen -Y verify -f "$SIGNERS" -I mvm -n mvm-release -s "$SOURCE/SHA256SUMS.sig" <"$SOURCE/SHA256SUMS" >/dev/null ||
			fail "SHA256SUMS is not signed by a key of $SIGNERS"
	fi
	[ -f "$SOURCE/SHA256SUMS" ] || return 0
	(cd "$SOURCE" && sha256sum --quiet --strict -c SHA256SUMS) || fail 'a file differs from SHA256SUMS: fetch the archive again'
}

# --- change ---------------------------------------------------------------------------------------------

# put SOURCE TARGET MODE: written aside and renamed, so it is there whole or not at all; equal files are left alone.
put() {
	to=$DESTDIR$2
	LIST="$LIST$2
"
	if [ -f "$to" ] && [ ! -L "$to" ] && cmp -s "$1" "$to" && [ "$(stat -c %a "$to")" = "${3#0}" ]; then return 0; fi
	CHANGED=$((CHANGED + 1))
	if [ "$DRY_RUN" = yes ]; then
		say "would write $2"
		return 0
	fi
	make_parents "$(dirname -- "$2")"
	keep "$2"
	set_aside "$2"
	# Whatever lies there: a link would be written through, a folder written into.
	rm -f "$to.new"
	install -m "$3" "$1" "$to.new"
	mv -fT "$to.new" "$to"
}

# Folders that are not there yet are ours: written down with a slash at their end.
make_parents() {
	missing=''
	at=$1
	while [ "$at" != / ] && [ ! -d "$DESTDIR$at" ]; do
		missing="$at/
$missing"
		at=$(dirname -- "$at")
	done
	LIST="$LIST$missing"
	mkdir -p "$DESTDIR$1"
}

# put_link NAME TARGET
put_link() {
	LIST="$LIST$2
"
	[ "$(readlink "$DESTDIR$2" 2>/dev/null)" != "$1" ] || return 0
	CHANGED=$((CHANGED + 1))
	if [ "$DRY_RUN" = yes ]; then
		say "would link $2 to $1"
		return 0
	fi
	keep "$2"
	set_aside "$2"
	ln -sfn "$1" "$DESTDIR$2.new"
	mv -fT "$DESTDIR$2.new" "$DESTDIR$2"
}

# What is replaced is kept until the new version runs.
keep() {
	[ "$UPGRADE" = yes ] || return 0
	[ -e "$DESTDIR$1" ] || return 0
	mkdir -p "$DESTDIR$OLD$(dirname -- "$1")"
	cp -a "$DESTDIR$1" "$DESTDIR$OLD$1"
}

# At a first install: what is there is not ours.
set_aside() {
	[ "$UPGRADE" = no ] || return 0
	[ -e "$DESTDIR$1" ] || [ -L "$DESTDIR$1" ] || return 0
	mkdir -p "$DESTDIR$REPLACED$(dirname -- "$1")"
	cp -a "$DESTDIR$1" "$DESTDIR$REPLACED$1"
	say "$1 was there already: kept as $REPLACED$1 until ./uninstall.sh"
}

# A service of the same name by another tool must not run on under our unit.
stop_others() {
	if [ "$UPGRADE" = yes ] || [ -n "$DESTDIR" ] || [ "$DRY_RUN" = yes ]; then return 0; fi
	for each in mvm-status.timer mvm-sync.service; do
		systemctl is-active --quiet "$each" || continue
		systemctl stop "$each"
		say "stopped $each, which was not of this mvm"
	done
}

make_user() {
	[ -z "$DESTDIR" ] || return 0
	getent group "$SERVICE_USER" >/dev/null || run groupadd --system "$SERVICE_USER"
	getent passwd "$SERVICE_USER" >/dev/null ||
		run useradd --system --gid "$SERVICE_USER" --home-dir /var/lib/mvm --no-create-home \
			--shell /usr/sbin/nologin --comment 'Midnight Validator Monitor' "$SERVICE_USER"
}

make_folders() {
	[ "$PACKAGE" = no ] || return 0
	for each in /var/lib/mvm /var/log/mvm /etc/mvm; do
		[ -d "$DESTDIR$each" ] || run mkdir -p "$DESTDIR$each"
		[ -n "$DESTDIR" ] || [ "$DRY_RUN" = yes ] || {
			chmod 0750 "$each"
			if [ "$each" = /etc/mvm ]; then chown "root:$SERVICE_USER" "$each"; else chown "$SERVICE_USER:$SERVICE_USER" "$each"; fi
		}
	done
}

put_executables() {
	if [ "$COMPACT" = yes ]; then
		put "$EXECUTABLES/mvm" "$BIN/mvm" 0755
		for role in mvm-sync mvm-status mvm-view; do put_link mvm "$BIN/$role"; done
	else
		for each in mvm mvm-sync mvm-status mvm-view; do
			[ ! -x "$EXECUTABLES/$each" ] || put "$EXECUTABLES/$each" "$BIN/$each" 0755
		done
	fi
	for each in "$FILES"/lib/mvm/@opentui/*/*; do
		[ ! -f "$each" ] || put "$each" "$PREFIX/lib/mvm/${each#"$FILES/lib/mvm/"}" 0644
	done
}

put_extras() {
	for each in "$FILES"/man/*.1; do
		[ ! -f "$each" ] || put "$each" "$PREFIX/share/man/man1/$(basename -- "$each")" 0644
	done
	put_optional completions/mvm.bash /usr/share/bash-completion/completions/mvm
	put_optional completions/_mvm /usr/share/zsh/vendor-completions/_mvm
	put_optional completions/mvm.fish /usr/share/fish/vendor_completions.d/mvm.fish
	if [ -f "$SOURCE/examples/logrotate/mvm" ]; then
		for_user "$SOURCE/examples/logrotate/mvm" /etc/logrotate.d/mvm
	fi
}

put_optional() {
	[ ! -f "$FILES/$1" ] || put "$FILES/$1" "$2" 0644
}

# for_user SOURCE TARGET: with the paths and the user asked for.
for_user() {
	filled=$(mktemp)
	sed -e "s|^User=mvm|User=$SERVICE_USER|; s|^Group=mvm|Group=$SERVICE_USER|" \
		-e "s|=/usr/local/bin/|=$BIN/|" \
		-e "s|create 0640 mvm mvm|create 0640 $SERVICE_USER $SERVICE_USER|" "$1" >"$filled"
	put "$filled" "$2" 0644
	rm -f "$filled"
}

put_units() {
	for each in mvm-sync.service mvm-status.service mvm-status.timer mvm-view.service; do
		# A unit without its executable would only fail.
		[ "$COMPACT" = yes ] || [ -x "$EXECUTABLES/${each%.*}" ] || continue
		for_user "$SOURCE/units/$each" "$UNITS/$each"
	done
}

put_config() {
	if [ "$PACKAGE" = yes ] || [ -f "$DESTDIR/etc/mvm/config.toml" ]; then return 0; fi
	if [ "$DRY_RUN" = yes ]; then
		say 'would write /etc/mvm/config.toml'
		return 0
	fi
	"$DESTDIR$BIN/mvm" config init --path "$DESTDIR/etc/mvm/config.toml" >/dev/null
	sed -i 's|^#* *path = "./mvm.db"|path = "/var/lib/mvm/mvm.db"|' "$DESTDIR/etc/mvm/config.toml"
	chmod 0640 "$DESTDIR/etc/mvm/config.toml"
	[ -n "$DESTDIR" ] || chown "root:$SERVICE_USER" /etc/mvm/config.toml
}

# --- services -------------------------------------------------------------------------------------------

note_running() {
	if [ "$UPGRADE" = no ] || [ -n "$DESTDIR" ] || [ "$DRY_RUN" = yes ]; then return 0; fi
	for each in mvm-sync.service mvm-status.timer mvm-view.service; do
		if systemctl is-active --quiet "$each"; then RAN="$RAN $each"; fi
	done
}

# The folder of the data is the service's: whatever lies there, a link to a file of root's say, is met with no more
# rights than the service has.
as_service() { runuser -u "$SERVICE_USER" -- "$@"; }

back_up() {
	if [ "$UPGRADE" = no ] || [ -n "$DESTDIR" ] || [ "$DRY_RUN" = yes ]; then return 0; fi
	if [ ! -f /var/lib/mvm/mvm.db ] || [ "$HAVE" = "$NEW" ]; then return 0; fi
	# Stopped, the file is whole: a stop folds the write-ahead log in.
	systemctl stop mvm-sync.service 2>/dev/null || true
	BACKUP=/var/lib/mvm/mvm.db.before-$NEW
	as_service cp -p --reflink=auto /var/lib/mvm/mvm.db "$BACKUP.new"
	as_service mv -fT "$BACKUP.new" "$BACKUP"
	say "database kept as $BACKUP"
}

start() {
	if [ -n "$DESTDIR" ] || [ "$DRY_RUN" = yes ]; then return 0; fi
	systemctl daemon-reload
	if [ "$UPGRADE" = yes ] && [ "$CHANGED" = 0 ]; then
		RAN=''
	elif [ "$UPGRADE" = yes ]; then
		for each in $RAN; do systemctl restart "$each" || roll_back "$each"; done
	fi
	# The first time, or after a --no-start: whoever stopped it since did so on purpose.
	if [ "$START" = no ]; then
		[ "$UPGRADE" = yes ] || : >"$UNSTARTED"
	elif [ "$UPGRADE" = no ] || [ -f "$UNSTARTED" ]; then
		RAN="$RAN mvm-sync.service"
		rm -f "$UNSTARTED"
		systemctl enable --quiet --now mvm-sync.service || roll_back mvm-sync.service
	fi
	if [ "$START" = yes ] && [ "$TIMER" = yes ]; then systemctl enable --quiet --now mvm-status.timer; fi
	verify
}

# Started is not running: a service that dies at once is up for a moment too, and again after each restart.
verify() {
	[ -n "$RAN" ] || return 0
	for second in 1 2 3 4 5 6 7 8 9 10 11 12; do
		sleep 1
		for each in $RAN; do
			if systemctl is-active --quiet "$each" && [ "$(restarts "$each")" = 0 ]; then continue; fi
			roll_back "$each"
		done
	done
	: "$second"
}

# Since it was started by hand; a timer has none.
restarts() { systemctl show "$1" -p NRestarts --value 2>/dev/null | grep -E '^[0-9]+$' || printf 0; }

roll_back() {
	say "$1 does not run:" >&2
	journalctl -u "$1" -n 5 --no-pager -o cat >&2 || true
	if [ "$UPGRADE" = no ]; then
		CHANGING=no
		fail "look at: journalctl -u $1. What was installed stays; ./uninstall.sh removes it"
	fi
	go_back
	fail "the upgrade to $NEW failed; $HAVE is back"
}

# The old files, the old database, and what ran.
go_back() {
	CHANGING=no
	for each in $RAN; do systemctl stop "$each" 2>/dev/null || true; done
	was=$OLD$MANIFEST
	[ -f "$was" ] || was=$MANIFEST
	if [ -f "$was" ]; then
		printf '%s' "$LIST" | while read -r each; do
			case $each in */) continue ;; esac
			grep -qxF -e "$each" "$was" || rm -f "$each"
		done
	fi
	if [ "$UPGRADE" = no ]; then
		printf '%s' "$LIST" | while read -r each; do
			case $each in */) continue ;; esac
			rm -f "$DESTDIR$each" "$DESTDIR$each.new"
		done
		if [ -d "$DESTDIR$REPLACED" ]; then
			(cd "$DESTDIR$REPLACED" && find . ! -type d) | while read -r each; do mv -f "$DESTDIR$REPLACED/$each" "$DESTDIR/$each"; done
		fi
		rm -rf "$DESTDIR$PREFIX/lib/mvm"
		[ -n "$DESTDIR" ] || systemctl daemon-reload
		return 0
	fi
	if [ -d "$OLD" ]; then
		(cd "$OLD" && find . ! -type d) | while read -r each; do mv -f "$OLD/$each" "/$each"; done
	fi
	if [ -n "${BACKUP:-}" ]; then
		as_service rm -f /var/lib/mvm/mvm.db-wal /var/lib/mvm/mvm.db-shm
		as_service cp -p "$BACKUP" /var/lib/mvm/mvm.db
	fi
	rm -rf "$OLD"
	systemctl daemon-reload
	for each in $RAN; do systemctl restart "$each" || true; done
}

# Whatever ends this half-way, a full disk or a person, ends with the old version.
leave() {
	code=$?
	[ "$CHANGING" = no ] || {
		go_back
		if [ "$UPGRADE" = yes ]; then
			printf 'install.sh: the upgrade to %s was broken off; %s is back\n' "$NEW" "$HAVE" >&2
		else
			printf 'install.sh: broken off; what was put in place is removed again\n' >&2
		fi
	}
	exit "$code"
}

# What an older version put there and this one does not have.
drop_old() {
	[ -f "$DESTDIR$MANIFEST" ] || return 0
	while read -r each; do
		case $each in
		*/)
			# Made by the first install, and still ours.
			LIST="$LIST$each
"
			continue
			;;
		esac
		case "
$LIST" in *"
$each
"*) continue ;; esac
		[ -e "$DESTDIR$each" ] || [ -L "$DESTDIR$each" ] || continue
		CHANGED=$((CHANGED + 1))
		if [ "$DRY_RUN" = yes ]; then
			say "would remove $each"
			continue
		fi
		case $each in "$UNITS"/*) [ -n "$DESTDIR" ] || systemctl disable --quiet --now "$(basename -- "$each")" || true ;; esac
		keep "$each"
		rm -f "$DESTDIR$each"
	done <"$DESTDIR$MANIFEST"
}

# Before anything is started: what did not start can be removed by uninstall.sh too.
write_manifest() {
	if [ "$DRY_RUN" = yes ] || [ "$PACKAGE" = yes ]; then return 0; fi
	mkdir -p "$DESTDIR$(dirname -- "$MANIFEST")"
	keep "$MANIFEST"
	rm -f "$DESTDIR$MANIFEST.new"
	printf '%s' "$LIST" | LC_ALL=C sort -u >"$DESTDIR$MANIFEST.new"
	mv -fT "$DESTDIR$MANIFEST.new" "$DESTDIR$MANIFEST"
}

LIST=''
if [ "$CONFIGURE" = yes ]; then
	make_user
	make_folders
	put_config
	exit 0
fi
find_files
check_machine
check_sums
check_version
note_running
make_user
make_folders
[ "$DRY_RUN" = yes ] || rm -rf "$DESTDIR$OLD"
if [ "$DRY_RUN" = no ] && [ "$PACKAGE" = no ]; then
	CHANGING=yes
	trap leave EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
fi
stop_others
back_up
put_executables
put_units
put_extras
drop_old
put_config
write_manifest
start
CHANGING=no
[ "$DRY_RUN" = yes ] || rm -rf "$DESTDIR$OLD"

if [ "$DRY_RUN" = yes ]; then
	say "dry run: $CHANGED files would change"
elif [ "$CHANGED" = 0 ]; then
	say "mvm $NEW is installed already; nothing changed"
else
	say "mvm $NEW is installed ($CHANGED files)."
	[ "$UPGRADE" = yes ] || say "Next: set rpc.url and validator.keystore_path in /etc/mvm/config.toml, then
  systemctl reload mvm-sync; mvm status
Let people look without sudo: usermod -aG $SERVICE_USER NAME"
fi
