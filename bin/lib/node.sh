# Sourced by the commands of bin/: the one thing that must be there before anything else can be set up.

require_node() {
  if ! command -v node >/dev/null 2>&1; then
    echo "Node.js is missing: install Node.js 20.12 or newer (https://nodejs.org, or your system's package nodejs)." >&2
    exit 9
  fi
  if ! node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 12) ? 0 : 1)'; then
    echo "Node.js $(node --version) is too old: install Node.js 20.12 or newer." >&2
    exit 9
  fi
  if ! command -v npm >/dev/null 2>&1; then
    echo "npm is missing: install npm (it comes with Node.js; Debian has it as the package npm)." >&2
    exit 9
  fi
}
