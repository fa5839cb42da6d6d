# Which lines share a column for `=`, and which for a trailing comment.

resource "a" "b" { # block headers take part in comments only
  a    = 1         # one
  long = 2         # two
}                  # closers too

locals {
  a   = 1
  bcd = { x = 1 }
  ef  = [1, 2]

  apart      = 1
  from_above = 2
  # a comment parts
  c        = 1
  much_too = 2
}

locals {
  # So does a value that goes on below:
  before = 1
  object = {
    a  = 1
    bb = 2
  }
  x = f({
    a = 1
  })
  after      = 1
  afterwards = 2
  call = f(<<-EOT
    text
  EOT
  )
  one = 1
}

locals {
  # but not a heredoc:
  one   = 1
  two_2 = <<-EOT
    a = 1 # not a comment
  EOT
  three = 3
}

locals {
  block_a = 1
  inner {}
  b = 2
  inner { a = 1 }
  ccc = 3

  keys = {
    a         = 1
    "b"       = 2
    (ccc)     = 3
    "${d}ddd" = 4
    eeeeeeeeeeeeee : 5
    f   = 6
    g.h = 7
    i   = { j = 8, kkkkk = 9 }
  }

  list = [ # open
    1,     # one
    22,    # two
    # alone
    333    # three
    , f(4) // four
  ]        // close

  widths = 1   # é 日本
  text   = "é" # e
  japan  = "日本"
  wide = {
    "日本"  = 1   # nihon
    "é"   = "é" # composed
    "é"   = 2   # with a combining accent
    "👨‍👩‍👧"   = 33  # a family
    plain = 4   // plain
  }
}

locals {
  compare   = a == b
  b         = c >= d
  /* a */ f = 1
  gg        = 2 /* b */ /* c */ # d
  h         = 3                 # e
}

locals {
  spread = "a ${f({ # first
    c = 1           # second
  dd = 2 })} e"     # third
  f = 3             # fourth
}

locals {
  a = 1                   # all
  bb {}                   # of
  ccc = "日本 ${f(1)} # no" # these
}
