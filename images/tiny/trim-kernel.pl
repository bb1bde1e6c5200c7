#!/usr/bin/perl
# trim-kernel.pl VMLINUX: cuts the zeros that end the last loadable segment of an ELF kernel, and the section table.
# The loader fills them in anyway (p_memsz > p_filesz), and a server that never touches them does not pay for them.
use strict;
use warnings;

my $path = shift or die "usage: trim-kernel.pl VMLINUX\n";
open my $file, '+<:raw', $path or die "$path: $!\n";
sub get { my ($at, $count) = @_; seek $file, $at, 0; read($file, my $bytes, $count) == $count or die "$path is cut short\n"; $bytes }
sub put { my ($at, $bytes) = @_; seek $file, $at, 0; print {$file} $bytes or die "$path: $!\n" }

get(0, 6) eq "\x7fELF\x02\x01" or die "$path is not a 64-bit little-endian ELF file\n";
my ($table, $size, $count) = (unpack('Q<', get(32, 8)), unpack('S<S<', get(54, 4)));
my ($last, $offset, $length) = (0, 0, 0);
for my $at (map { $table + $_ * $size } 0 .. $count - 1) {
    my ($type, undef, $start, undef, undef, $bytes) = unpack 'L<L<Q<Q<Q<Q<', get($at, 40);
    ($last, $offset, $length) = ($at, $start, $bytes) if $type == 1 && $start >= $offset; # PT_LOAD
}
(my $content = get($offset, $length)) =~ s/\0+\z//;
put($last + 32, pack('Q<', length $content));     # p_filesz
put(40, pack('Q<', 0)); put(58, "\0" x 6);        # e_shoff; e_shentsize, e_shnum, e_shstrndx
truncate $file, $offset + length $content;
close $file or die "$path: $!\n";
