#!/bin/sh
# Checks the version of Python, and installs what Qt and Python's venv need of a Debian or Ubuntu, where it is missing.
#
#   packaging/system-packages.sh [xcb]
#
# As root, or in CI, without asking; where a terminal can ask, after asking; else it says the line and stops.
set -eu
cd "$(dirname "$0")/.."
python="${PYTHON:-python3}"
oldest=11
newest=14 # as in packaging/matrix.py
tried="Python 3.$oldest to 3.$newest"

version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || {
    echo "VAE explorer needs $tried, and there is no $python here. Install it; on Debian and Ubuntu: apt-get install python3 python3-venv" >&2
    exit 1
}
major=${version%%.*}
minor=${version#*.}
if [ "$major" -ne 3 ] || [ "$minor" -lt "$oldest" ] || [ "$minor" -gt "$newest" ]; then
    echo "VAE explorer needs $tried, the versions that were tried; this is $version. Choose another: make PYTHON=python3.$newest run" >&2
    exit 1
fi
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
