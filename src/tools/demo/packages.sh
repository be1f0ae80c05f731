# packages.sh - what ./demo installs where it is missing, with apt.
# shellcheck shell=bash disable=SC2034,SC2154 # names of ./demo's

BUILD_PACKAGES='build-essential autoconf automake pkg-config libglib2.0-dev libfcgi-dev default-libmysqlclient-dev libqrencode-dev
	libcurl4-openssl-dev libsodium-dev libjansson-dev librdkafka-dev libpango1.0-dev libpng-dev libgmime-3.0-dev libssl-dev
	zlib1g-dev libcmocka-dev'
RUN_PACKAGES='nginx libnginx-mod-nchan mariadb-server mariadb-client curl ca-certificates util-linux procps fonts-dejavu-core
	fonts-noto-core fonts-noto-cjk'

missing()	# missing NAME…: those which are not installed
{
	comm -23 <(printf '%s\n' "$@" | sort -u) \
	    <(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' 2>/dev/null | sed -n 's/^ii *//p' | sort -u)
}

# Their services must not start: we want the programs only. A policy that is there already is the machine's own, and stays.
install_packages()
{
	local sudo='' policy=/usr/sbin/policy-rc.d ours=''
	if [ "$(id -u)" -ne 0 ]; then sudo=sudo; fi
	if [ ! -e $policy ]; then
		ours=yes
		printf '#!/bin/sh\nexit 101\n' | $sudo tee $policy >/dev/null || return 1
		$sudo chmod 755 $policy || return 1
	fi
	local result=0
	{ $sudo apt-get update && $sudo env DEBIAN_FRONTEND=noninteractive \
	    apt-get install -y --no-install-recommends "$@"; } || result=1
	if [ -n "$ours" ]; then $sudo rm -f $policy; fi
	return $result
}

packages()
{
	local wanted
	if ! command -v dpkg-query >/dev/null; then
		say "  This is no Debian, so nothing is installed. Needed: $*"
		return
	fi
	mapfile -t wanted < <(missing "$@")
	if [ ${#wanted[@]} -eq 0 ]; then return; fi
	say "  Installing with apt: ${wanted[*]}"
	say "  (a policy keeps their services from starting meanwhile; \`systemctl disable\` does so after the next boot)"
	if [ "$(id -u)" -ne 0 ]; then
		command -v sudo >/dev/null || die "this needs root or sudo: apt-get install ${wanted[*]}"
		sudo -v || die "this needs root: apt-get install ${wanted[*]}"
	fi
	step 'installing packages' install_packages "${wanted[@]}"
}
