#!/usr/bin/env bash
# Debian packages that the browser tests need: Chromium, and fonts that have Chinese characters.
set -euo pipefail

if command -v chromium >/dev/null && fc-list :lang=zh 2>/dev/null | grep -q .; then
  exit 0
fi
SUDO=""
if [ "$(id -u)" -ne 0 ]; then
  SUDO="sudo"
fi
$SUDO apt-get update
$SUDO apt-get install --yes --no-install-recommends chromium fontconfig fonts-noto-cjk
