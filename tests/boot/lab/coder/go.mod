// The lab's stand-in for Coder, built by tests/boot/lab/run. It reads database URLs with the library that Coder uses.
module tierform.dev/lab/coder

go 1.24

require github.com/lib/pq v1.10.9
