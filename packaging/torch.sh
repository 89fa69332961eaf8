#!/bin/sh
# Installs the build of torch that has no CUDA, where this machine has no use for the other, and says the sizes first.
#
#   TORCH=auto CPU_INDEX=URL packaging/torch.sh .venv/bin/python torch
#
# TORCH=auto takes that build unless a driver of NVIDIA works here. Where its index does not answer one request
# within five seconds, nothing is installed: the ordinary build comes with the other libraries. TORCH=cpu insists,
# TORCH=cuda takes the ordinary one. torchvision is of the build that torch is of.
set -eu
cd "$(dirname "$0")/.."
python=$1
library=$2
choice=${TORCH:-auto}
index=${CPU_INDEX:-https://download.pytorch.org/whl/cpu}
with_cuda="about 3.2 GB to download, 6 GB on disk in all"
without="about 0.4 GB to download, 1.5 GB on disk in all"

installed() {
    "$python" -c 'import sys; from importlib.metadata import version; print(version(sys.argv[1]))' "$1" 2>/dev/null
}

answers() (
    exec 2>/dev/null
    "$python" -c '
import signal, sys, urllib.request
signal.alarm(5)
urllib.request.urlopen(sys.argv[1])' "$index/torch/"
)

install() {
    "$python" -m pip install --no-deps --constraint constraints.txt --index-url "$index" "$library"
}

pinned=$(sed -n "s/^$library==//p" constraints.txt)
case "$(installed "$library")" in "$pinned" | "$pinned"+*) exit 0 ;; esac

if [ "$library" != torch ]; then
    case "$(installed torch)" in *+cpu) install ;; esac
    exit
fi
case "$choice" in
    cpu) ;;
    cuda)
        echo "Installing torch with CUDA: $with_cuda."
        exit
        ;;
    auto)
        if [ "$(uname -s)" != Linux ]; then
            echo "Installing torch: $without."
            exit
        elif nvidia-smi >/dev/null 2>&1; then
            echo "A driver of NVIDIA is here. Installing torch with CUDA: $with_cuda. TORCH=cpu takes less."
            exit
        elif ! answers; then
            echo "$index does not answer. Installing torch with CUDA instead: $with_cuda."
            exit
        fi
        ;;
    *)
        echo "TORCH=$choice is no build of torch: choose auto, cpu or cuda." >&2
        exit 2
        ;;
esac
echo "Installing torch without CUDA: $without. TORCH=cuda takes the other."
install || {
    [ "$choice" = auto ] || exit 1
    echo "$index did not bring it. Installing torch with CUDA instead: $with_cuda."
}
