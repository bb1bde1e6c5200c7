#!/bin/bash
# build.sh OUTPUT: makes the guest image "debian-12" in the folder OUTPUT: disk.qcow2 and image.json.
# Debian as it is: systemd, OpenSSH, cloud-init, a kernel that the guest itself upgrades, started by BIOS and GRUB.
# Needs: root, mmdebstrap, mkfs.ext4, qemu-img, and a source of Debian 12 packages (the machine's own, where it is a Debian 12).
set -euo pipefail
export LC_ALL=C

output=$(realpath "${1:?usage: build.sh OUTPUT}")
recipe=$(dirname "$(realpath "$0")")
say() { echo "debian-12: $*"; }
fail() { echo "debian-12: $*" >&2; exit 1; }
[ "$(id -u)" = 0 ] || fail "needs root: the files of the image belong to users of its own"
for tool in mmdebstrap mkfs.ext4 qemu-img unshare; do
  command -v "$tool" >/dev/null || fail "$tool is missing"
done
# All mounts lie in a namespace that ends with this program, however it ends.
if [ "${NINES_UNSHARED:-}" != yes ]; then NINES_UNSHARED=yes exec unshare --mount --pid --fork --kill-child --mount-proc "$0" "$output"; fi
work=$(mktemp -d "$output/build.XXXXXX")
trap 'rm -rf "$work"' EXIT
root=$work/root
export TMPDIR=$work # mmdebstrap's own files go where an interrupted build is cleaned up

# --- packages ---------------------------------------------------------------------------------------------------------
sources=$(apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Identifier: Packages' 'Origin: Debian' 2>/dev/null |
  awk '$3 ~ /^bookworm/ && $4 == "main"' | sort -u)
[ -n "$sources" ] || say "this machine has no source of Debian 12 packages; using mmdebstrap's own"
packages=(
  linux-image-cloud-amd64 initramfs-tools lz4 grub-pc-bin
  systemd-sysv systemd-resolved libpam-systemd dbus udev kmod procps
  openssh-server sudo cloud-init cloud-guest-utils fdisk e2fsprogs
  iproute2 iputils-ping ca-certificates curl less nano
)
say "installing Debian: ${packages[*]}"
cp -r "$recipe/root" "$work/files" && chmod -R u=rwX,go=rX "$work/files" # settings that packages ask for while they are installed come first
mmdebstrap --variant=minbase --mode=root --format=directory \
  --include="$(IFS=,; echo "${packages[*]}")" \
  --aptopt='Acquire::Languages "none"' --aptopt='APT::Install-Recommends "false"' \
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
  --dpkgopt='force-confold' --dpkgopt='force-unsafe-io' \
  --essential-hook="cp -r '$work/files/.' \"\$1\"" \
  bookworm "$root" ${sources:+-} <<<"$sources" 2>&1 | sed -u 's/^I: /debian-12: /'
cp -r "$work/files/." "$root/"

# --- settings ---------------------------------------------------------------------------------------------------------
say "settling"
sed -i '/force-/d' "$root/etc/dpkg/dpkg.cfg.d/99mmdebstrap" # these two were for the build
uuid=$(cat /proc/sys/kernel/random/uuid)
cat >"$root/etc/fstab" <<FSTAB
UUID=$uuid / ext4 rw,discard,errors=remount-ro 0 1
FSTAB
mkdir -p "$root/boot/grub"
cat >"$root/boot/grub/grub.cfg" <<GRUB
# /vmlinuz and /initrd.img follow the newest kernel, so upgrades need no change here.
linux /vmlinuz root=UUID=$uuid ro console=ttyS0 quiet cryptomgr.notests no_timer_check
initrd /initrd.img
boot
GRUB
for unit in systemd-networkd systemd-resolved; do systemctl --root "$root" enable -q $unit; done
for unit in apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer getty@tty1.service systemd-binfmt.service \
  systemd-machine-id-commit.service; do # the machine id is the machine's, not the disk's: an image that is made of this server must not have it
  systemctl --root "$root" mask -q $unit
done
ln -sf ../run/systemd/resolve/stub-resolv.conf "$root/etc/resolv.conf"
rm -f "$root"/etc/ssh/ssh_host_*_key* "$root/etc/hostname" "$root/var/lib/dbus/machine-id" # every server makes its own
: >"$root/etc/machine-id"
echo LANG=C.UTF-8 >"$root/etc/default/locale"
touch -r "$root/usr" "$root/etc/.updated" "$root/var/.updated" # else the first boot rebuilds what packages have just built
rm -rf "$root"/var/cache/apt/*.bin "$root"/var/lib/apt/lists/* "$root"/var/log/*.log "$root"/var/log/apt "$root"/tmp/*

# --- disk -------------------------------------------------------------------------------------------------------------
# One partition from 1 MiB on; GRUB lies before it, where its first sector expects the rest (sector 1).
say "making the disk"
disk=$work/disk.raw
size=$((3 * 1024 * 1024)) # KiB
truncate -s ${size}K "$disk"
chroot "$root" grub-mkimage -O i386-pc -p '(hd0,msdos1)/boot/grub' -o /tmp/core.img biosdisk part_msdos ext2 linux configfile normal
dd if="$root/usr/lib/grub/i386-pc/boot.img" of="$disk" bs=440 count=1 conv=notrunc status=none
dd if="$root/tmp/core.img" of="$disk" bs=512 seek=1 conv=notrunc status=none
rm "$root/tmp/core.img"
little() { local value=$1; for _ in 1 2 3 4; do printf "\\x$(printf %02x $((value & 255)))"; value=$((value >> 8)); done; }
{ # the partition table: an identity, two bytes of nothing, one active Linux partition, three empty ones, the signature
  little $((RANDOM << 16 | RANDOM)); printf '\0\0\x80\xfe\xff\xff\x83\xfe\xff\xff'; little 2048; little $((size * 2 - 2048))
  head -c 48 /dev/zero; printf '\x55\xaa'
} | dd of="$disk" bs=1 seek=440 conv=notrunc status=none
MKE2FS_CONFIG=$root/etc/mke2fs.conf mkfs.ext4 -q -L debian -U "$uuid" -m 1 -E offset=$((1024 * 1024)) -d "$root" "$disk" $((size - 1024))
qemu-img convert -f raw -O qcow2 "$disk" "$output/disk.qcow2"

# --- what it is -------------------------------------------------------------------------------------------------------
versions=$(chroot "$root" dpkg-query -W -f '"${Package}": "${Version}"\n' | paste -sd, | sed 's/,/, /g')
cat >"$output/image.json" <<JSON
{
  "description": "Debian 12 with systemd, OpenSSH and cloud-init",
  "architecture": "x86_64",
  "boot": { "mode": "bios" },
  "disk": "disk.qcow2",
  "minimumMemoryMiB": 384,
  "gate": true,
  "translationCacheMiB": 192,
  "defaultUser": "admin",
  "rootDeviceName": "/dev/xvda",
  "packages": { $versions }
}
JSON
say "done: disk $(du -h "$output/disk.qcow2" | cut -f1)"
