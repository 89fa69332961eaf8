#!/bin/sh
# Installs what Qt and Python's venv need of a Debian or Ubuntu, where it is missing.
#
#   packaging/system-packages.sh [xcb]
#
# As root, or in CI, without asking; where a terminal can ask, after asking; else it says the line and stops.
set -eu
cd "$(dirname "$0")/.."
python="${PYTHON:-python3}"

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "VAE explorer needs Python 3.11 or newer; this is $("$python" --version 2>&1). Choose another: make PYTHON=python3.12 run" >&2
    exit 1
}
[ "$(uname -s)" = Linux ] || exit 0
missing=$("$python" vae_gui/cli/system_libraries.py "${1:-offscreen}")
[ -n "$missing" ] || exit 0
line="apt-get install $missing"
command -v apt-get >/dev/null || {
    echo "The system lacks what these packages of Debian hold: $missing" >&2
    exit 1
}
sudo=
if [ "$(id -u)" != 0 ]; then
    sudo=sudo
    if [ -z "${CI:-}" ]; then
        if [ ! -t 0 ]; then
            echo "Qt needs libraries that pip cannot bring. Run: sudo $line" >&2
            exit 1
        fi
        printf 'Qt needs libraries that pip cannot bring. Run “sudo %s” now? [y/N] ' "$line"
        read -r answer
        case "$answer" in [yY]*) ;; *) exit 1 ;; esac
    fi
fi
$sudo apt-get update -qq
# shellcheck disable=SC2086
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
