# shellcheck shell=bash
# Where this machine has its Debian packages from, for other Debians beside it; sourced by debian and matrix, not run.

# The mirror of Debian's own suites that apt is set to; Debian's where it is set to none, or was never updated.
debian_mirror() {
  local mirror=''
  # shellcheck disable=SC2016  # apt's placeholder
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' 2>/dev/null | head -n 1)
  mirror=${mirror:-http://deb.debian.org/debian}
  echo "${mirror%/}"
}

# How apt gets at it, as lines of an apt.conf: proxies, time-outs, how old a list may be.
apt_access() { apt-config dump 2>/dev/null | grep -E '^Acquire::(http|https|ftp|Retries|Check|Max-)' || true; }
