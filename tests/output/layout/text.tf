# What stands in strings and heredocs stays, but for the code in their templates.

locals {
  escapes  = "a \" b \\"
  slashes  = "\\\\"
  signs    = "$ % $${ a  } %%{ b  } $$${ c  } $a{ %a{"
  hash     = "# no // comment /* here"
  brackets = "{ [ ( ${a} ) ] }"
  equals   = "a  =  b"
  tabs     = "a	b"
  unicode  = "äöü 日本 🦀"
  empty    = ""
  braces   = "${ { a = "}" }["a"]}b"
  deep     = "a${"b${"c${d}"}"}"

  plain = <<EOT
  a  =  1
    # b
  "unclosed ${f(a, "}")}  \
EOT

  dashed = <<-EOT
    %{for x in var.list~}
      server ${x.name}  ${x.address};
    %{endfor~}
    $${a  }  %%{if b  }  $  %
  EOT

  blanks     = <<-EOT


    two above, two below


  EOT
  marker     = <<E-O_T9
EOT
 E-O_T9 E-O_T9
  E-O_T9
  empty_text = <<EOT
EOT
  in_call = f(<<-EOT
    a
  EOT
  , 1)
  in_text = <<A
  a ${f(<<B
  b ${c}
B
)} d
A
}

block {
  odd = <<EOT
  ${
  a
} ends the block's indentation
EOT
b = 1
}

after {
  c = 1
}
