#!/bin/sh
# Install the Debian packages named, or those of the tools that are missing, where that may be done.
set -u
missing=${*:-}
if [ -z "$missing" ]; then
    command -v iverilog >/dev/null || missing="$missing iverilog"
    command -v sta >/dev/null || missing="$missing opensta"
    [ -e /usr/share/qflow/tech/osu018/osu018_stdcells.lib ] || missing="$missing qflow-tech-osu018"
fi
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
    sudo=
elif sudo -n true 2>/dev/null; then
    sudo="sudo -n"
else
    echo "Missing Debian packages:$missing. Going on without; \`apt-get install$missing\` brings them."
    exit 0
fi
echo "Installing Debian packages:$missing"
export DEBIAN_FRONTEND=noninteractive
{ $sudo apt-get update -qq && $sudo apt-get install -y -qq --no-install-recommends $missing; } \
    >/dev/null || echo "apt-get could not install$missing. Going on without."
