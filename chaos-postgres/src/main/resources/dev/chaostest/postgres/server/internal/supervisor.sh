# SPDX-License-Identifier: Apache-2.0
# Holds one PostgreSQL server for the JVM that owns our standard input. When that input ends, however the JVM died,
# the server is stopped and its directory removed.
#
# Arguments: the server's directory, its binary, then the command that starts it (a port is appended).
# Commands on standard input: "start PORT", "signal NAME", "mount DIRECTORY BYTES" (in a mount namespace of our own only).
# Answers: "started PID", "exited STATUS", "mounted STATUS".
disks=
runner=
home=$1
binary=$2
shift 2
mark=$home/postmaster
data=$home/data

# Ctrl-C in a terminal and a closed window reach every process of the group; only the end of our input counts.
trap '' HUP INT TERM PIPE
# Where there is no setsid command, job control gives the server a process group of its own.
command -v setsid >/dev/null || set -m 2>/dev/null || :

run() {
    port=$1
    shift
    # Made here, so that an end that comes at once still sees that there is something to wait for.
    : >"$mark"
    (
        "$@" -p "$port" </dev/null >>"$home/server.log" 2>&1 &
        pid=$!
        echo "$pid" >"$mark"
        echo "started $pid"
        wait "$pid"
        status=$?
        # From here on the number may belong to a stranger.
        rm -f "$mark"
        echo "exited $status"
    ) &
    runner=$!
}

mount_disk() {
    disks=yes
    mkdir -p "$home/$1" && mount -t tmpfs -o "size=$2,mode=0700" none "$home/$1"
    echo "mounted $?"
}

# While our own runner waits for it, its number is its own. Where another shell was killed, it may be a stranger's by now.
ours() {
    [ -n "$runner" ] || [ ! -d /proc/self ] || tr '\0' '\n' <"/proc/$1/cmdline" | grep -qxF -e "$data"
}

strike() {
    [ -s "$mark" ] && read -r pid <"$mark" && ours "$pid" && kill "-$1" "$pid"
} 2>/dev/null

# A postmaster that was killed leaves its children for a moment and a System V segment for ever.
sweep() {
    [ -f "$data/postmaster.pid" ] || return 0
    for process in /proc/[0-9]*; do
        [ "$process/cwd" -ef "$data" ] && [ "$process/exe" -ef "$binary" ] && kill -KILL "${process#/proc/}"
    done
    segment=$(sed -n '7s/.*[[:space:]]//p' "$data/postmaster.pid")
    [ -n "$segment" ] && ipcrm -m "$segment"
}

while read -r verb argument size; do
    case $verb in
        start) run "$argument" "$@" ;;
        signal) strike "$argument" ;;
        mount) mount_disk "$argument" "$size" ;;
    esac
done

# The postmaster itself gives its children 5 seconds. Repeated, because one that just starts still ignores the signal.
left=800
while [ -e "$mark" ] && [ "$left" -gt 0 ]; do
    if [ $((left % 10)) -eq 0 ] && [ -s "$mark" ]; then
        # A mark without a process is that of a shell that was killed.
        strike QUIT || rm -f "$mark"
        strike CONT
    fi
    sleep 0.01
    left=$((left - 1))
done
strike KILL
[ -n "$runner" ] && wait "$runner"
sweep 2>/dev/null
# What is mounted can't be removed.
[ -n "$disks" ] && umount -l "$data/pg_wal" "$data" "$home/tablespace" 2>/dev/null
for attempt in 1 2 3 4 5; do
    rm -rf "$home" && break
    chmod -R u+rwX "$home"
    sleep 0.2
done
