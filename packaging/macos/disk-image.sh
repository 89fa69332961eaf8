#!/bin/sh
# Packs the built app as a disk image: packaging/macos/disk-image.sh, after `make package`.
set -eu
cd "$(dirname "$0")/../.."
folder=$(mktemp -d)
cp -R "build/dist/VAE explorer.app" "$folder/"
ln -s /Applications "$folder/Applications"
hdiutil create -volname "VAE explorer" -srcfolder "$folder" -ov -format UDZO build/dist/vae-explorer.dmg
rm -rf "$folder"
