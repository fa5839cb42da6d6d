# Depth follows the lines that open brackets, not the brackets.

module "network" {
  source = "./network"

  providers = {
    google = google.eu
  }

  dynamic "subnet" {
    for_each = var.subnets
    content {
      name = subnet.key
    }
  }
}

locals {
  several = merge(a, {
    b = 1
  })
  between = merge({
    a = 1
    }, {
    b = 2
  })
  ternary = a ? {
    b = 1
    } : {
    c = 2
  }
  nested = [[
    1,
    ], [
    2,
  ]]
  objects = [{
    a = 1
    }, {
    b = [
      2,
    ]
  }]
  uneven = f(g(h(
    1
    ), 2
    ), 3
  )
  closing = f(a,
    b,
  c)
  parted = { a = 1,
    b = 2,
  c = 3 }
  sum = (
    a
    + b
    -c
  )
  chain = alltrue([
    for x in var.list :
    x > 0
    if x != null
  ])
  index = a[
    0
  ].b
  heredocs = [<<-A
      as it is
        here
      A
    , <<B
  too
B
  ]
  template = "a ${
    f(
      1,
    )
  } b"
  comment = f(/* as
it
    is */ 1)

  /* a
       b */
  c = 1
}

inline { a = [
1] }
