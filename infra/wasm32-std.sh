#!/usr/bin/env bash
# Makes `cargo build --target wasm32-unknown-unknown` work, and prints the toolchain to use for it: a value for
# RUSTUP_TOOLCHAIN, or an empty line for the default one. Quick when nothing is missing.
#   1 the active toolchain has the target already
#   2 `rustup target add`
#   3 Debian, as root: its Rust with the standard library built from its own source package (about 30 s)
set -euo pipefail
target=wasm32-unknown-unknown
say() { echo "$@" >&2; }
has_std() { ls "$("$@" --print target-libdir --target $target 2>/dev/null)"/libstd-*.rlib >/dev/null 2>&1; }

if has_std rustc; then echo; exit 0; fi
if command -v rustup >/dev/null && timeout 120 rustup target add $target >&2 && has_std rustc; then echo; exit 0; fi

if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
  say "The Rust target $target is missing and 'rustup target add $target' did not work. Install it, then try again."
  exit 1
fi
say "rustup cannot add $target here; using Debian's Rust and building its standard library for it"
if ! { test -x /usr/bin/rustc && dpkg -s rust-web-src rust-web-llvm lld-22 >/dev/null 2>&1; }; then
  apt-get update -qq >&2
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    rustc-web cargo-web rust-web-src rust-web-llvm lld-22 >&2
fi
if ! has_std /usr/bin/rustc; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  mkdir "$work/src"
  : >"$work/src/lib.rs"
  printf '[package]\nname="std-for-wasm"\nversion="0.0.0"\nedition="2021"\n' >"$work/Cargo.toml"
  # Bitcode, so that link-time optimisation reaches into it.
  (cd "$work" && env -u RUSTUP_TOOLCHAIN -u CARGO_TARGET_DIR PATH="/usr/bin:$PATH" RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 \
    RUSTFLAGS="-Cembed-bitcode=yes -Copt-level=3 -Ccodegen-units=1" \
    /usr/bin/cargo build -q --release --target $target -Z build-std=std,panic_abort >&2)
  dir=$(/usr/bin/rustc --print target-libdir --target $target)
  mkdir -p "$dir"
  find "$work/target/$target/release/deps" -name '*.rlib' ! -name 'libstd_for_wasm*' -exec cp {} "$dir/" \;
fi
if command -v rustup >/dev/null; then rustup toolchain link system /usr >&2; fi
echo system
