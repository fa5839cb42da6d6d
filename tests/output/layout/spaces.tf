# One line or more for each row of the spacing rules.

locals {
  call          = max(1, min(a, b), length(c.d))
  if_and_in     = [for x in(a) : x if(x)]
  function      = provider::time::rfc3339_parse("2024-01-01")
  traversal     = a.b[0].c["d"].*.e[*].f.0
  indices       = f(a)[0][g[1]]
  many          = f(1, a...)
  comma_at_end  = [a, f(b, ), ]
  text          = "a  ${b}  c${d}  "
  after_in      = [for k, v in [0, 1] : in[0]]
  not_an_in     = a.in[0]
  literal_index = "a" [0]
  list_index    = [1][0]
  object_index  = {}[0]
  number_index  = 1[0]
  negated       = !a && !(!b)
  unary         = -1
  unaries       = [-1, (-1), { a = -1, b : -1 }, f(-1), a[-1]]
  after_sign    = a + -1 - -1 * -1 / -1 % -1
  after_compare = a == -1 || b != -1 && -1 < c
  after_ternary = a ? -1 : -b
  twice         = --1
  not_minus     = !-a
  binary        = [a - 1, f(a) - 1, b[0] - 1, "a" - 1, 1 - 1, {} - 1]
  dashed_word   = a-b - c-d
  odd_minus     = { for x in - b : x => - x if - x }
  odd_template  = "${- x}a"
  none          = {}
  nothing       = []
  no_argument   = f()
  inline        = { a = 1, b = [2, 3] }
  in_template   = "${ { a = 1 } } ${ {} } ${ {}.a} ${[{}]} ${a[{}]}"
  brackets      = ((a) + [b][0] - (c))
  compare       = a == b != c < d > e <= f >= g
  logic         = a && b || !c
  ternary       = a ? b : c ? d : e
  arithmetic    = a + b - c * d / e % f
  numbers       = 1 + 1.5 + 1e5 + 1.5E-3 + 2e+7
  keys          = { (a) = 1, "b" = 2, c : 3, "${d}e" = 4, f.g = 5 }
  splat         = a.*.b + c[*].d
  comment       = /* a */ f /* b */ (/* c */ 1 /* d */, 2) /* e */
  odd_comment   = -/* a */ 1 + !/* b */ c + d /* e */ [0]
  odd_sign      = /* a */ - 1
  braced        = { /* a */ }
  control       = "%{if a} b %{else} c %{endif}%{for x in [-1]}${x}%{endfor}"
  trimmed       = "a ${~b~} c %{~if d~} e %{~endif~} f"
  nested        = "${"a${b}c"}d${f("e${g["h"]}")}"
}

block "label" "other" {}
block { a = 1 }
block "a" {
}
