# shellcheck shell=sh
# Sourced by ./run and ./check, which set `root` to the project's folder. POSIX sh only.
#
# `set_up run`, `set_up dev` or `set_up long` makes .venv whole: Python, packages, and, once, a browser and a
# Chinese font. A stamp written as the last act says what was installed; anything else found there
# is the rest of an interrupted or older set-up and is built again from nothing.

venv=${root:?}/.venv
log=$root/var/setup.log

say() { # CHINESE ENGLISH
    case ${CERTHOUND_LANG-zh} in
    en) printf '%s\n' "$2" >&2 ;;
    *) printf '%s\n' "$1" >&2 ;;
    esac
}

give_up() { # CHINESE ENGLISH
    say "错误：$1" "error: $2"
    exit 1
}

quietly() { # COMMAND…, its output into the log
    printf '\n$ %s\n' "$*" >>"$log"
    "$@" >>"$log" 2>&1
}

has() { command -v "$1" >/dev/null 2>&1; }
can_apt() { [ "$(id -u)" = 0 ] && has apt-get; }

apt_install() { # PACKAGE…
    DEBIAN_FRONTEND=noninteractive quietly \
        apt-get -o DPkg::Lock::Timeout=600 install -y --no-install-recommends "$@"
}

apt_refresh() { quietly apt-get -o DPkg::Lock::Timeout=600 -qq update || :; }

# Without uv the interpreter must also be able to make a venv; Debian keeps ensurepip in a package
# of its own.
fits() { # PYTHON
    needs='import sys, venv'
    has uv || needs='import sys, venv, ensurepip'
    "$1" -c "$needs; sys.exit(sys.version_info < (3, 11))" >/dev/null 2>&1
}

look_for_python() {
    for candidate in python3.11 python3.12 python3.13 python3.14 python3; do
        if fits "$candidate"; then
            python=$(command -v "$candidate")
            return 0
        fi
    done
    return 1
}

uv_python() { python=$(uv python find --system '>=3.11' 2>>"$log"); }

find_python() {
    look_for_python && return
    if has uv; then
        uv_python && return
        say '正在用 uv 获取 Python 3.11 …' 'Fetching Python 3.11 with uv …'
        quietly uv python install 3.11 || :
        uv_python && return
    fi
    if can_apt; then
        say '正在用 apt 安装 Python …' 'Installing Python with apt …'
        apt_refresh
        apt_install python3 python3-venv && look_for_python && return
    fi
    give_up "找不到 Python 3.11 或更新版本，请安装它（Debian：apt install python3 python3-venv）或安装 uv 后重试；详情见 $log" \
        "no Python 3.11 or newer found; install it (Debian: apt install python3 python3-venv) or uv and try again; details in $log"
}

# What the stamp must say. The interpreter is asked, not remembered, so that one that was removed or
# upgraded is noticed; the folder is in it because a venv that was moved points to where it was.
fingerprint() {
    version=$("$venv/bin/python" -c 'import sys; print(*sys.version_info[:3])' 2>/dev/null) || return 1
    printf '%s %s %s' "$version" "$root" "$(cat "$root/pyproject.toml" "$root/constraints.txt" | cksum)"
}

# Each kind has all that the one before it has.
is_whole() { # run|dev|long
    [ -f "$venv/stamp" ] && now=$(fingerprint) || return 1
    read -r stamped <"$venv/stamp"
    [ "$stamped" = "long $now" ] || [ "$stamped" = "$1 $now" ] ||
        { [ "$1" = run ] && [ "$stamped" = "dev $now" ]; }
}

install_packages() { # run|dev|long
    case $1 in
    run) what=$root ;;
    dev) what="${root}[dev]" ;;
    long) what="${root}[dev,ocr]" ;;
    esac
    if has uv; then
        quietly uv pip install --python "$venv/bin/python" -c "$root/constraints.txt" -e "$what" && return
        # uv knows nothing of pip's own settings, where an office may have named its mirror.
        quietly "$venv/bin/python" -m ensurepip
    fi
    quietly "$venv/bin/python" -m pip install --disable-pip-version-check \
        -c "$root/constraints.txt" -e "$what"
}

make_venv() {
    rm -rf "$venv"
    if has uv; then
        quietly uv venv --python "$python" "$venv"
    else
        quietly "$python" -m venv "$venv"
    fi
}

build() { # run|dev|long
    if [ "$1" != run ] && is_whole run; then
        rm -f "$venv/stamp"
    else
        say '正在建立 Python 环境 .venv …' 'Making the Python environment .venv …'
        make_venv || give_up "无法建立 $venv，详情见 $log" "cannot make $venv; details in $log"
    fi
    say '正在安装依赖的软件包（首次约一分钟）…' 'Installing packages (about a minute the first time) …'
    install_packages "$1" ||
        give_up "安装软件包失败，请检查网络或软件包镜像设置后重试；详情见 $log" \
            "packages could not be installed; check the network or your mirror and try again; details in $log"
    equip
    printf '%s %s\n' "$1" "$(fingerprint)" >"$venv/stamp.new"
    mv "$venv/stamp.new" "$venv/stamp"
}

# A browser and a Chinese font are wanted, not needed: captures over HTTP do without.
equip() {
    find_browser || install_browser
    find_font || install_font
}

find_browser() { quietly "$venv/bin/python" -m crawler.browser; }
find_font() { has fc-list && [ -n "$(fc-list :lang=zh 2>/dev/null)" ]; }

install_browser() {
    say '正在安装浏览器 …' 'Installing a browser …'
    if can_apt; then
        apt_refresh
        apt_install chromium-headless-shell || apt_install chromium || :
    fi
    find_browser || quietly "$venv/bin/python" -m playwright install chromium || :
    find_browser ||
        say '警告：没有装上浏览器，不影响本次运行；以后可运行 certhound doctor 查看如何补装。' \
            'warning: no browser could be installed; this run does without, certhound doctor says how to add one.'
}

install_font() {
    if can_apt; then
        say '正在安装中文字体 …' 'Installing a Chinese font …'
        apt_refresh
        apt_install fontconfig fonts-noto-cjk || apt_install fontconfig fonts-wqy-zenhei || :
    fi
    find_font ||
        say '警告：没有中文字体，以后的网页截图会缺字；请安装 fonts-noto-cjk。' \
            'warning: no Chinese font; page pictures would lack characters; install fonts-noto-cjk.'
}

# One set-up at a time. The lock lives on file descriptor 9 of this shell and of what it starts, so
# that an installer which outlives a killed shell is waited for; the system drops it with them.
lock() {
    exec 9>"$root/var/setup.lock"
    take='import fcntl, sys; fcntl.flock(9, fcntl.LOCK_EX | (fcntl.LOCK_NB if sys.argv[1:] else 0))'
    "$python" -c "$take" once 2>/dev/null && return
    say '另一个安装正在进行，等它结束 …' 'Another set-up is at work; waiting for it …'
    "$python" -c "$take" 2>>"$log"
}

set_up() { # run|dev|long
    is_whole "$1" && return
    { mkdir -p "$root/var" && : >>"$log"; } 2>/dev/null ||
        give_up "无法写入 $root，请换一个有写权限的文件夹" "cannot write into $root; use a folder you may write to"
    find_python
    lock
    is_whole "$1" || build "$1"
    exec 9>&-
}
