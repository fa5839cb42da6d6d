// Comments in every place where one can stand.
# one

/* block */
/* block
      of lines */
/* beside */ # another

resource "a" "b" { // header

  # first in the body

  a = 1 # behind a value
  b = [ # behind a bracket
    # alone in a list
    1,              # behind an element
    2 /* within */, # and behind
    3               # behind the last
    # last in a list
  ] # behind a closer

  c = { # behind a brace
    # alone in an object
    d = 1, # behind an item
    e : 2  # behind another
  }        # behind its closer
  f = (    # behind a parenthesis
    g      # behind an operand
    +      # behind an operator
    h
  )
  i = f( # behind a call
    a,   # behind an argument
    # alone in a call
    b
  )
  j = a ? /* then */ b : /* else */ c
  k = "a ${ # in a template
    b       # and
    # again
  } c"
  /* before */ l  = 1 /* after */
  m /* between */ = /* the */ 2
  #no blank after the sign
  #	a tab	within
  ###### many ######

  # last in the body
} # footer
#
# at the end
