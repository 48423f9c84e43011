#!/bin/sh
# Runs the compiler so that no path of this machine gets into what is released, the same sources
# are the same bytes wherever they are built, and the dynamic module is arranged by its profile.
#
# A panic says in which file it is: of the project, of a dependency, of what a build script
# wrote, or of the standard library. Where these lie, Cargo and the compiler know, and no
# configuration can say; so Cargo runs this in the place of rustc. What keeps what a debugger reads
# keeps its paths, too.

case "${CARGO_PKG_NAME:+for a crate} $* " in
"for a crate "*" strip="*)
	crate=$CARGO_PKG_NAME-$CARGO_PKG_VERSION
	# The last that fits counts.
	set -- "$@" "--remap-path-prefix=$(pwd -P)=." "--remap-path-prefix=$CARGO_MANIFEST_DIR=$crate" \
		${OUT_DIR:+"--remap-path-prefix=$OUT_DIR=$crate/built"}
	# With the component rust-src, the compiler prefers its files to the names that they
	# had where the standard library was compiled.
	library=$("$1" --print sysroot)/lib/rustlib/src/rust
	if [ -d "$library" ]; then
		commit=$("$1" -vV | sed -n 's/^commit-hash: //p')
		set -- "$@" "--remap-path-prefix=$library=/rustc/$commit"
	fi
	;;
esac

# The dynamic module is arranged by what an earlier one executed, which `make profile` counts. What
# has changed since has no counts, and no warning: `make bench-check` says when that matters.
case "$* " in
*"/dynamic-module/deps "*)
	if [ -n "${MAINTENANCE_MODE_PROFILE-}" ]; then
		# The counts are a file that is mapped, because Envoy may be killed. Values are not counted so.
		set -- "$@" "-Cprofile-generate=$MAINTENANCE_MODE_PROFILE" \
			"-Cllvm-args=-runtime-counter-relocation -disable-vp"
	else
		set -- "$@" "-Cprofile-use=$(dirname "$0")/hosts/native/profile.profdata" \
			"-Cllvm-args=-no-pgo-warn-mismatch -disable-vp"
	fi
	;;
esac
exec "$@"
